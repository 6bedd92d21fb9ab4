import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { upstreamThat } from '../gateway/started.ts';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';

const wrong: readonly [what: string, args: string[], said: RegExp][] = [
  ['an unknown command', ['fly'], /unknown command/],
  ['an unknown option', ['keygen', '--long'], /unknown option/],
  ['a missing name', ['user', 'show', '--local'], /missing required argument/],
  ['an unknown format', ['keygen', '-o', 'xml'], /Allowed choices are table, json, plain/],
  ['a method in small letters', ['explain', 'get', '/'], /capitals/],
  ['two passwords', ['user', 'add', 'ada', '--local', '--password-stdin', '--password', 'x'], /one way only/],
  ['no password and no terminal', ['user', 'add', 'ada', '--local'], /--password-stdin/],
  ['a superuser without a name and no terminal', ['superuser'], /--username/],
  ['a user command without a server', ['user', 'list'], /No server.*auth login.*--local/s],
  ['--env-file without --local', ['user', 'list', '--env-file', 'x'], /--env-file .* needs --local/],
  ['--local and a server', ['user', 'list', '--local', '--server', 'http://127.0.0.1:9'], /give one of them/],
  ['two passwords from stdin', ['user', 'add', 'vera', '--password-stdin', '--current-password-stdin'], /one password/],
  ['a limit that is no number', ['user', 'list', '--limit', 'all'], /whole number/],
  ['a time that is none', ['audit', '--since', 'yesterday'], /date.*2h/],
  ['sessions of nobody in the store', ['session', 'end', '--all', '--yes', '--local'], /--user NAME|no store/],
  ['neither one session nor all', ['session', 'end'], /session list/],
  ['nothing to edit', ['user', 'edit', 'vera'], /--display-name/],
];

for (const [what, args, said] of wrong) {
  test(`${what} ends with 5 and a line on stderr`, async () => {
    const { code, stdout, stderr } = await gatewardenCommand(args, { settings: { DATA_DIR: '/dev/null/none' } });
    deepEqual({ code, stdout }, { code: 5, stdout: '' });
    match(stderr, said);
  });
}

test('an environment file that is not there stops the command, by name', async () => {
  const { code, stdout, stderr } = await gatewardenCommand(['check', '--env-file', 'nowhere.env']);
  deepEqual({ code, stdout }, { code: 5, stdout: '' });
  match(stderr, /^gatewarden: .*\n {2}- the file "nowhere\.env" cannot be read \(ENOENT\)\n$/);
});

test('with -o json an error is one JSON object on stderr', async () => {
  const { code, stdout, stderr } = await gatewardenCommand(['fly', '-o', 'json']);
  deepEqual({ code, stdout }, { code: 5, stdout: '' });
  equal(JSON.parse(stderr).error.code, 'usage');
});

test('keygen prints a key of 32 bytes and more, a new one each time, and nothing else', async () => {
  const [one, two] = await Promise.all([gatewardenCommand(['keygen']), gatewardenCommand(['keygen'])]);
  match(one.stdout, /^[A-Za-z0-9_-]{43,}\n$/);
  equal(one.stdout === two.stdout, false);
  deepEqual([one.code, one.stderr], [0, '']);
});

test('with -o json keygen prints an object', async () => {
  const { stdout } = await gatewardenCommand(['keygen', '-o', 'json']);
  match(JSON.parse(stdout).secret_key, /^[A-Za-z0-9_-]{43,}$/);
});

test('a port in use is told once, in one sentence', async () => {
  await using taken = await upstreamThat((_req, res) => void res.end());
  await using folder = await temporaryFolder();
  const settings = { PORT: String(taken.port), DATA_DIR: folder.path };
  const { code, stderr } = await gatewardenCommand(['run', '--upstream', 'http://127.0.0.1:9'], { settings });
  equal(code, 5);
  equal(
    stderr,
    `gatewarden: 127.0.0.1:${taken.port} is already in use: stop what listens there, or choose another PORT.\n`,
  );
});

test('every wrong setting is told at once, exit code 5', async () => {
  const settings = { PORT: 'eighty', SESSION_IDLE: 'soon', NO_SUCH_THING: '1' };
  const { code, stderr } = await gatewardenCommand(['check', '-o', 'json'], { settings });
  equal(code, 5);
  const { problems } = JSON.parse(stderr).error;
  for (const name of Object.keys(settings)) match(problems.join('\n'), new RegExp(`GATEWARDEN_${name}`));
});

const meaningless: readonly [settings: Record<string, string>, said: RegExp[]][] = [
  [{ RULES: 'king read /**' }, [/RULES: line 1: there is no role "king"/]],
  [{ ROLES: 'x,y' }, [/ROLES: The first role is "anony"/]],
  [{ PORT: 'eighty', ROLES: 'x,y' }, [/GATEWARDEN_PORT/, /ROLES: /]],
];
for (const [settings, said] of meaningless) {
  for (const command of ['check', 'run', 'explain']) {
    test(`${command} with ${JSON.stringify(settings)} ends with 5 and says all of it`, async () => {
      const args = command === 'explain' ? [command, 'GET', '/'] : [command];
      const given = { UPSTREAM: 'http://127.0.0.1:9', DATA_DIR: '/dev/null/none', ...settings };
      const { code, stdout, stderr } = await gatewardenCommand(args, { settings: given });
      deepEqual({ code, stdout }, { code: 5, stdout: '' });
      for (const one of said) match(stderr, one);
    });
  }
}
