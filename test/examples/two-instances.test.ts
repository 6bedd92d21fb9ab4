import { equal, match } from 'node:assert/strict';
import test from 'node:test';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { freePort } from '../support/ports.ts';
import { start } from '../support/processes.ts';
import { onPath, program } from '../support/services.ts';

const needed = [await program('redis-server'), await program('caddy')];
const skip = needed.find((one) => one.skip)?.skip || (onPath('mongod') ? false : 'mongod is not on the path');

test('two instances behind a front proxy are one', { skip }, async (t) => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const env = { ...process.env, FRONT_PORT: `${port}`, TWO_INSTANCES_DATA: folder.path };
  const example = start(process.execPath, ['examples/two-instances/start.ts'], { env });
  t.after(() => example.stop());
  const [, token = ''] = await example.printed(/setup#token=(\S+)/, 60_000);
  await example.printed(/are one at/, 60_000);
  const visitor = client(`http://localhost:${port}`);

  const made = await visitor.form('/_gatewarden/setup', { token, username: 'ada', password: adminPassword });
  equal(made.status, 303);
  for (let request = 0; request < 6; request += 1) match(await (await visitor.send('/')).text(), /Good day, ada/);

  const old = visitor.jar.header;
  equal((await visitor.form('/_gatewarden/logout', {})).status, 303);
  for (let request = 0; request < 6; request += 1) {
    const answer = await fetch(`http://localhost:${port}/`, { headers: { cookie: old } });
    equal(answer.status, 401);
  }
});
