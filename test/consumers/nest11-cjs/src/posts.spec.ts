import { NestFactory } from '@nestjs/core';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { AppModule } from './app.module';

test('a post leaves an event, under Jest', async () => {
  expect(require.resolve('nestjs-workos-audit')).toContain('dist/cjs');
  const workos = await LocalWorkOS.start({ schemas: 'open' });
  process.env.WORKOS_API_KEY = workos.apiKey;
  process.env.WORKOS_PORT = String(workos.port);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');

  await fetch(`${await app.getUrl()}/posts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Hello' }),
  });

  const [event] = await workos.waitForEvents(1);
  expect(event).toMatchObject({ action: 'post.create', metadata: { title: 'Hello' } });
  await app.close();
  await workos.close();
});
