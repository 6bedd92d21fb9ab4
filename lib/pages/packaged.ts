import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/**
 * The text of a script that a package ships for browsers, with the name and the licence of the package on top, and without the
 * reference to a source map, which is not served.
 */
export function packaged(path: string): string {
  const text = readFileSync(resolve(path), 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\n?$/, '\n');
  const [owner, name] = path.split('/');
  return `/*! ${owner}/${name}: MIT License, https://www.npmjs.com/package/${owner}/${name} */\n${text}`;
}
