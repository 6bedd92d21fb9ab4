import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A block of TypeScript in the documentation. */
export interface Snippet {
  /** `express-2.ts`: the second block of docs/express.md. */
  readonly file: string;
  /** Why it is not compiled, as the block says: `ts skip: the reason`. Undefined for one that is. */
  readonly skip: string | undefined;
  readonly code: string;
}

const fence = /^```ts(?: skip(?::[ ]*(.*))?)?[ ]*\n([\s\S]*?)^```$/gm;

/** The blocks of TypeScript in a text; `page` names their files. */
export function snippetsIn(text: string, page: string): Snippet[] {
  return [...text.matchAll(fence)].map(([whole, reason = '', code = ''], at) => ({
    file: `${page}-${at + 1}.ts`,
    skip: whole.startsWith('```ts skip') ? reason : undefined,
    code,
  }));
}

/** Those of README.md and of every page in docs/. */
export const snippets = (): Snippet[] =>
  ['README.md', ...globSync('docs/**/*.md')].flatMap((path) =>
    snippetsIn(readFileSync(path, 'utf8'), basename(path, '.md')),
  );

/** Fences that look like TypeScript and are not read as such: `typescript`, `ts foo`, indented ones. */
export const otherFences = (text: string): string[] =>
  [...text.matchAll(/^.*(?:```|~~~)[ ]*(?:ts|tsx|typescript|js|javascript|mjs)\b.*$/gim)]
    .map(([line]) => line)
    .filter((line) => !/^```ts(?: skip: \S.*)?$/.test(line));
