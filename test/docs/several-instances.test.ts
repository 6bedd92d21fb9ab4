import { deepEqual, ok } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';

const page = readFileSync('docs/several-instances.md', 'utf8');
const named = [...page.matchAll(/\[test\]\(\.\.\/(?<file>test\/[^ )]+) "(?<title>[^"]+)"\)/g)].map(({ groups }) => ({
  file: groups?.file ?? '',
  title: groups?.title ?? '',
}));

test('every test that the table of failures names is there', () => {
  ok(named.length > 20);
  const missing = named.filter(({ file, title }) => !existsSync(file) || !readFileSync(file, 'utf8').includes(title));
  deepEqual(missing, []);
});
