import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url).pathname;

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Its first line, where that is `// name.ts` or `# name.yml`: the file that it is. */
  readonly file: string | undefined;
}

/** A page of the documentation. */
export interface Page {
  /** `README` or, of a chapter, its file name without `.md`. */
  readonly name: string;
  /** Seen from the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function readPage(path: string): Page {
  const text = readFileSync(`${root}${path}`, 'utf8');
  const blocks = [...text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)].map(
    ([, indent = '', language = '', raw = '']): Block => {
      const body = raw.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
      const file = /^(?:\/\/|#) ([\w./-]+\.[a-z]+)\n/.exec(body)?.[1];
      return { language, text: body, file };
    },
  );
  return { name: path.replace(/^.*\//, '').replace(/\.md$/, ''), path, text, blocks };
}

/** The numbered chapters in `docs/`, in their order. */
export function readChapters(): Page[] {
  return readdirSync(`${root}docs`)
    .filter((file) => /^\d\d-.*\.md$/.test(file))
    .toSorted()
    .map((file) => readPage(`docs/${file}`));
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): Set<string> {
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '');
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
  return new Set(headings);
}
