import { describe, expect, it } from 'vitest';
import { BlogTest, writePost } from './support/blog-test.js';

describe('the pages', () => {
  it('escape whatever people write', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const evil = `"><script>alert('x')</script>&amp;`;
    const postId = await writePost(browser, evil, `</p><img src=x onerror=alert(1)>`);
    const page = await browser.get('/posts');
    for (const path of ['/posts', `/posts/${postId}`, '/dashboard']) {
      expect((await browser.get(path)).text).not.toMatch(/<script|<img/);
    }
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;');
    const deleted = await browser.post(`/posts/${postId}/delete`);
    expect(deleted.text).not.toContain('<script');
    const invited = await browser.post('/team/invitations', { email: `${evil}@acme.example` });
    expect(invited.text).not.toContain('<script');
    expect((await browser.get(`/auth/login?email=${encodeURIComponent(evil)}`)).text).not.toContain('<script');
  });

  it('forbid scripts, frames and guessing of types', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    for (const path of [
      '/dashboard',
      '/posts',
      '/posts/new',
      '/team',
      '/team/groups',
      '/team/invitations',
      '/nowhere',
    ]) {
      const { headers } = await browser.get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).toContain("form-action 'self'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('have one style sheet', async () => {
    const blog = await BlogTest.start();
    const sheetUrl = /href="(\/style\.css[^"]*)"/.exec((await blog.browser().get('/')).text)?.[1];
    const sheet = await blog.browser().get(sheetUrl ?? '');
    expect([sheet.status, sheet.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });

  it('are for people who are signed in', async () => {
    const blog = await BlogTest.start();
    for (const path of [
      '/dashboard',
      '/posts',
      '/posts/new',
      '/posts/1',
      '/team',
      '/team/groups',
      '/team/invitations',
    ]) {
      expect([path, (await blog.browser().get(path)).path]).toEqual([path, '/']);
    }
    expect((await blog.browser().post('/posts', { title: 'a', body: 'b' })).status).toBe(401);
    expect((await (await blog.signIn('ada@acme.example')).get('/')).path).toBe('/dashboard');
  });

  it('say once what happened', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    expect((await browser.login('ada@acme.example')).text).toContain('Welcome, Ada Lovelace.');
    expect((await browser.get('/posts')).text).not.toContain('Welcome');
  });
});

describe('the dashboard', () => {
  it('counts, and leads on, without a request to WorkOS', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('grace@acme.example');
    expect((await browser.get('/dashboard')).text).toContain('The first post could be yours.');
    await writePost(browser, 'Hello');
    await browser.post('/team/directory_user_alan/invite');
    await blog.workos.stop();
    const { status, text } = await browser.get('/dashboard');
    expect(status).toBe(200);
    expect(text.match(/<p class="figure">(\d+)</g)).toEqual(Array(3).fill('<p class="figure">1<'));
    expect(text).toContain('<strong>Hello</strong>');
    expect(text).toContain(`href="${blog.workos.url}"`);
  });
});

describe('the posts', () => {
  it('are shown a page at a time, the newest first', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    for (let number = 1; number <= 21; number += 1) await writePost(browser, `Number ${number}.`);
    const first = await browser.get('/posts');
    expect(first.text).toContain('21 posts');
    expect(first.text).toContain('Number 21.');
    expect(first.text).not.toContain('Number 1.');
    const second = await browser.get(/href="([^"]+)" rel="next"/.exec(first.text)?.[1] ?? '');
    expect(second.text.match(/Number \d+\./g)).toEqual(['Number 1.']);
    expect(second.text).toContain('rel="prev"');
    expect(second.text).not.toContain('rel="next"');
    for (const page of ['3', '0', '-1', '1.5', 'x', '1e9']) {
      expect([page, (await browser.get(`/posts?page=${page}`)).status]).toEqual([page, 404]);
    }
  });

  it('are each on a page of their own, from which they are deleted after a question', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const published = await browser.post('/posts', { title: 'Hello', body: 'One\r\n  two' });
    expect(published.path).toMatch(/^\/posts\/[\w-]{36}$/);
    expect(published.text).toContain('>One\n  two</div>');
    // A browser without scripts opens the dialog by its button; one that knows no popovers shows it in any case.
    const dialog = /<form[^>]*\brole="dialog"[^]*?<\/form>/.exec(published.text)?.[0];
    expect(dialog).toContain(`action="${published.path}/delete"`);
    expect(dialog).toContain('Delete “Hello”?');
    const list = await browser.post(`${published.path}/delete`);
    expect([list.path, list.text]).toEqual(['/posts', expect.stringContaining('“Hello” is deleted.')]);
    expect((await browser.get(published.path)).status).toBe(404);
    expect((await browser.get('/posts/new')).text).toContain('<h1>Write a post</h1>');
  });
});

describe('a form', () => {
  it('ties each error to its field, and puts the cursor there', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const { text } = await browser.post('/posts', { title: '', body: 'Kept' });
    const field = /<input[^>]*name="title"[^>]*>/.exec(text)?.[0];
    for (const attribute of ['aria-invalid="true"', 'aria-describedby="title-error"', 'autofocus']) {
      expect(field).toContain(attribute);
    }
    expect(text).toContain('<p class="error" id="title-error">The title is missing.</p>');
    expect(/<textarea[^>]*>/.exec(text)?.[0]).not.toContain('aria-invalid');
    expect(text).toContain('<title>Error: Write a post');
  });
});

describe('a post', () => {
  const drafts: [string, Record<string, string>, string, string][] = [
    ['no title', { title: ' ', body: 'Text' }, 'The title is missing.', 'Text</textarea>'],
    ['no text', { title: 'Title', body: '' }, 'The text is missing.', 'value="Title"'],
    ['a long title', { title: 'x'.repeat(121), body: 'Text' }, '121 characters', `value="${'x'.repeat(121)}"`],
    ['a long text', { title: 'Title', body: 'y'.repeat(5_001) }, '5001 characters', `${'y'.repeat(5_001)}</textarea>`],
    ['no fields', {}, 'The title is missing.', 'The text is missing.'],
  ];
  it.each(drafts)('with %s is not published, and the form keeps what was typed', async (_name, form, words, kept) => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const page = await browser.post('/posts', form);
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(words)]);
    expect(page.text).toContain(kept);
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('may be as long as is said', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await writePost(browser, 'é'.repeat(120), 'a\r\n'.repeat(2_499) + 'bb');
    expect(await blog.actions()).toEqual(['user.login', 'post.create']);
  });

  it('that is far too large gets a page', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const page = await browser.post('/posts', { title: 'a', body: 'x'.repeat(100_000) });
    expect([page.status, page.text]).toEqual([413, expect.stringContaining('too large')]);
  });

  it('that is deleted twice at once leaves one event', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const postId = await writePost(browser);
    const pages = await Promise.all([1, 2, 3].map(() => browser.post(`/posts/${postId}/delete`)));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(pages.filter(({ status }) => status === 404)).toHaveLength(2);
    expect((await blog.actions()).filter((action) => action === 'post.delete')).toHaveLength(1);
  });
});

describe('an unforeseen error', () => {
  it('is a page that tells nothing, and a log that tells all', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const { Database } = await import('../../examples/blog/core/database.js');
    blog.app.get(Database).sqlite.exec('DROP TABLE posts');
    const page = await browser.post('/posts', { title: 'a', body: 'b' });
    expect([page.status, page.text]).toEqual([500, expect.stringContaining('Something went wrong')]);
    expect(page.text).not.toContain('no such table');
    expect(blog.logs.find('error', 'no such table')).toHaveLength(1);
    expect(await blog.actions()).toEqual(['user.login']);
  });
});
