import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { settingTable } from '../../lib/settings/index.ts';
import { gatewardenCommand } from '../support/command.ts';

for (const line of [
  ['run', '--help'],
  ['help', 'run'],
]) {
  test(`gatewarden ${line.join(' ')} names every setting of the gateway`, async () => {
    const { code, stdout } = await gatewardenCommand(line);
    equal(code, 0);
    equal(/Default:\s*\.$/m.test(stdout), false, 'an empty default is not shown');
    const named = [...stdout.matchAll(/^ {2}GATEWARDEN_([A-Z_]+)$/gm)].map(([, name]) => name);
    const ours = Object.values(settingTable).filter((setting) => setting.appliesTo.includes('gateway'));
    deepEqual(
      named,
      ours.map((setting) => setting.env),
    );
  });
}
