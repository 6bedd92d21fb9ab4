import { deepEqual, equal, ok } from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { parseSync } from 'oxc-parser';
import { rowsOf } from './tables.ts';
import { titlesIn } from './titles.ts';

const page = readFileSync('docs/security-model.md', 'utf8');

/** The tests that a cell names: `[test](../test/….test.ts "title")`, with `…` for what the title fills in. */
const namedIn = (cell = ''): { file: string; title: string }[] =>
  [...cell.matchAll(/\[test\]\(\.\.\/(?<file>test\/[^ )]+) "(?<title>(?:[^"\\]|\\.)+)"\)/g)].map(({ groups }) => ({
    file: groups?.file ?? '',
    title: (groups?.title ?? '').replaceAll('\\"', '"'),
  }));

const lines = rowsOf(page, 'what must not happen', 0).map(({ heading, cells: [what = '', tests] }) => ({
  what: `${heading}: ${what}`,
  tests: namedIn(tests),
}));
const isAttack = ({ file }: { file: string }) => file.startsWith('test/attacks/');

const titles = new Map<string, readonly string[]>();
function titlesOf(file: string): readonly string[] {
  const known =
    titles.get(file) ?? (existsSync(file) ? titlesIn(parseSync(file, readFileSync(file, 'utf8')).program) : []);
  titles.set(file, known);
  return known;
}

test('every attack of the security model has a test among the attacks', () => {
  ok(lines.length >= 51, `${lines.length} rows were found`);
  deepEqual(
    lines.filter(({ tests }) => !tests.some(isAttack)).map(({ what }) => what),
    [],
  );
});

test('every test that the security model names is there', () => {
  const missing = lines.flatMap(({ tests }) => tests.filter(({ file, title }) => !titlesOf(file).includes(title)));
  deepEqual(missing, []);
});

test('every file of attacks holds a line of the security model', () => {
  const held = new Set(lines.flatMap(({ tests }) => tests.map(({ file }) => file)));
  deepEqual(
    globSync('test/attacks/**/*.test.ts')
      .filter((file) => !held.has(file))
      .sort(),
    [],
  );
});

test('no line of the security model stands there twice', () => {
  equal(new Set(lines.map(({ what }) => what)).size, lines.length);
});

test('titles are read as they are called: plain, filled in, and of a group', () => {
  const sample = `
    describe('a', { skip }, () => { it(\`b \${c} d\`, f); });
    other('e', f); for (const x of y) test(x, f);`;
  deepEqual(titlesIn(parseSync('sample.ts', sample).program), ['a', 'b … d']);
});
