import { equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { program } from '../support/services.ts';
import { readersInstallation } from './installation.ts';
import { terminalScript } from './readme.ts';
import { readersShell, scriptOf } from './shell.ts';

const [curl, jq] = [await program('curl'), await program('jq')];
const skip = curl.skip || jq.skip;

for (const name of ['api', 'command', 'oauth']) {
  test(`every block of shell in docs/${name}.md runs as it stands, from top to bottom`, { skip }, async () => {
    await using installation = await readersInstallation();
    const { gateway, shell } = installation;
    const page = readFileSync(`docs/${name}.md`, 'utf8');
    const ran = await shell.sh(scriptOf(page, { 'http://127.0.0.1:8080': gateway.address }));
    equal(ran.code, 0, `${ran.stderr}\n${ran.stdout}`);
  });
}

test('what the README shows of the command runs as it stands, the password apart', async () => {
  await using installation = await readersInstallation();
  const { gateway, shell } = installation;
  const ran = await shell.sh(terminalScript(gateway.address));
  equal(ran.code, 0, `${ran.stderr}\n${ran.stdout}`);
});

describe('the script of a page', () => {
  const fenced = (...lines: string[]) => ['```sh', ...lines, '```'].join('\n');
  async function endOf(...lines: string[]): Promise<string> {
    await using shell = await readersShell();
    const { code, stderr, stdout } = await shell.sh(scriptOf(`${fenced(...lines)}\n`, { host: 'echo' }));
    return [code, stdout.trim(), stderr.trim()].join(' ').replaceAll('  ', ' ').trim();
  }

  test('replaces what readers type, joins lines, and keeps variables', async () => {
    equal(await endOf('NAME=ada  # hers', 'host hello \\', '  "$NAME"'), '0 hello ada');
  });

  test('ends at the first line that does not end as it says', async () => {
    equal(await endOf('true', 'false', 'host never'), '99 false ended with 1');
    equal(await endOf("sh -c 'exit 4'  # exits 4", "sh -c 'exit 3'  # exits 4"), "99 sh -c 'exit 3' ended with 3");
  });
});
