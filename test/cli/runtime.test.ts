import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import test from 'node:test';
import { dropSqliteWarning } from '../../cli/runtime.ts';
import { gatewarden } from '../../lib/index.ts';
import { tooOldNode } from '../../lib/node-version.ts';

for (const version of ['22.19.0', '22.20.1', '24.0.0', '26.1.0']) {
  test(`Node ${version} runs the command`, () => equal(tooOldNode(version), undefined));
}

for (const version of ['18.20.0', '20.20.2', '22.18.0']) {
  test(`Node ${version} is told what is needed`, () => match(tooOldNode(version) ?? '', /22\.19/));
}

test('the library says it, too, before it opens anything', async () => {
  const { versions } = process;
  Object.defineProperty(process, 'versions', { value: { ...versions, node: '20.20.2' } });
  try {
    await rejects(gatewarden({ dataDir: '/dev/null/none' }), /needs Node 22\.19 or newer, and this is 20\.20\.2\.$/);
  } finally {
    Object.defineProperty(process, 'versions', { value: versions });
  }
});

test('the one warning about node:sqlite is dropped, every other one is kept', () => {
  const heard: string[] = [];
  const target = { emitWarning: (warning: string | Error) => void heard.push(String(warning)) };
  dropSqliteWarning(target);
  target.emitWarning('SQLite is an experimental feature and might change at any time');
  target.emitWarning('Something else is deprecated');
  deepEqual(heard, ['Something else is deprecated']);
});
