import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { otherFences, snippetsIn } from './snippets.ts';

const page = [
  '# A page',
  ...['```ts', 'const one = 1;', '```'],
  ...['```sh', 'echo no TypeScript', '```'],
  ...['```ts skip: it names a file that only readers have', "import './yours.ts';", '```'],
  ...['```ts skip', 'no reason', '```'],
].join('\n');

test('the blocks of a page are found, in order, with the reason of those that are skipped', () => {
  deepEqual(snippetsIn(page, 'page'), [
    { file: 'page-1.ts', skip: undefined, code: 'const one = 1;\n' },
    { file: 'page-2.ts', skip: 'it names a file that only readers have', code: "import './yours.ts';\n" },
    { file: 'page-3.ts', skip: '', code: 'no reason\n' },
  ]);
});

test('a fence that no compiler would see is told of', () => {
  const hidden = ['```typescript', '```js', '  ```ts', '~~~ts', '```ts prelude', '```ts skip', '```ts skip: '];
  deepEqual(otherFences([...hidden, '```ts', '```ts skip: a reason', '```sh', 'its ```'].join('\n')), hidden);
});
