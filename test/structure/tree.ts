import { globSync, readFileSync } from 'node:fs';

export type Source = { path: string; text: string; imports: { target: string; typeOnly: boolean }[] };

const importPattern =
  /^(?:import|export)(\s+type)?\s[^;]*?from\s+'([^']+)'|(?<!\w)import\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gms;

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const imports = [...text.matchAll(importPattern)].map((found) => ({
    target: resolve(path, found[2] ?? found[3] ?? found[4] ?? ''),
    typeOnly: found[1] !== undefined,
  }));
  return { path, text, imports };
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** Every TypeScript file of these folders, with what it imports; relative paths resolved to the repository's root. */
export function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) => globSync(`${folder}/**/*.ts`)).map(read);
}
