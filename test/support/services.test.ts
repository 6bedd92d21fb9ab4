import { equal, match } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { temporaryFolder } from './folders.ts';
import { plainEnvironment } from './gateway.ts';
import { run } from './processes.ts';

const ask = "import { program } from './test/support/services.ts'; console.log(JSON.stringify(await program('wrk')));";

test('what cannot be had is told by name, for the skip of the tests that need it', async () => {
  await using empty = await temporaryFolder();
  // Without a path there is neither the program nor anything that could install it.
  const env = { ...plainEnvironment(), PATH: empty.path };
  const asked = await run(process.execPath, ['--input-type=module', '--eval', ask], { env, cwd: process.cwd() });
  match(JSON.parse(asked.stdout).skip, /^wrk is not on the path, and apt-get cannot install wrk here$/);
});

test('a skipped test is named at the end, and fails the run where everything must have run', async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/one.test.ts`;
  await writeFile(file, "import test from 'node:test'; test('a thing', { skip: 'wrk is missing' }, () => undefined);");
  for (const [CI, expected] of [
    ['true', 1],
    ['', 0],
  ] as const) {
    const env: NodeJS.ProcessEnv = { ...plainEnvironment(), CI };
    delete env.NODE_TEST_CONTEXT;
    const { code, stderr } = await run(process.execPath, ['test/run.ts', file], { env });
    equal(code, expected);
    match(stderr, /skipped 1:\n.*a thing: wrk is missing/);
  }
});
