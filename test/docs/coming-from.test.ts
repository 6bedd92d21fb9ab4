import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { SettingsError } from '../../lib/errors.ts';
import { settingTable } from '../../lib/settings/index.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { type ReadersInstallation, readersInstallation } from './installation.ts';
import { codeIn, rowsOf } from './tables.ts';

const page = readFileSync('docs/coming-from.md', 'utf8');
const ours = rowsOf(page, 'here', 1).flatMap(({ heading, cells: [theirs = '', here = ''] }) =>
  codeIn(here).map((one) => ({ heading, theirs, ...one })),
);
const named = (pattern: RegExp) => ours.filter(({ code }) => pattern.test(code));

/** Variables that the command reads when it talks to a server. */
const ofTheCommand = ['SERVER', 'CONTEXT', 'TOKEN'];
const settings = new Set(Object.values(settingTable).flatMap(({ env }) => [env, `${env}_FILE`]));

/** What the start says about one setting: '' when it is one, and can be read. */
function faultOf(given: string): string {
  const [, name = '', value] = /^GATEWARDEN_([A-Z_]+)(?:=(.*))?$/.exec(given) ?? [];
  if (ofTheCommand.includes(name)) return '';
  if (!settings.has(name)) return 'no setting';
  if (value === undefined) return '';
  try {
    loadSettings({ env: { [`GATEWARDEN_${name}`]: value.replace(/^'(.*)'$/, '$1') }, applies: 'middleware' });
    return '';
  } catch (error) {
    return error instanceof SettingsError ? error.message : String(error);
  }
}

test('every setting that is named as ours is one, and its value can be read', () => {
  const all = named(/^GATEWARDEN_/);
  ok(all.length > 60);
  deepEqual(
    all.map(({ code }) => [code, faultOf(code)]).filter(([, fault]) => fault !== ''),
    [],
  );
});

test('what is in the column is a command, a call or a setting', () => {
  const known = /^(gatewarden [a-z]|GATEWARDEN_[A-Z]|(GET|POST|PUT|PATCH|DELETE) \/)/;
  deepEqual(
    ours.filter(({ code }) => !known.test(code)).map(({ code }) => code),
    [],
  );
});

test('every kind of system has commands, calls or settings of ours beside its own', () => {
  const headings = ['Commands', 'Calls', 'Settings', 'oauth2-proxy', 'Authelia', 'tinyauth'];
  deepEqual([...new Set(ours.map(({ heading }) => heading))].sort(), headings.sort());
});

describe('against a gateway', () => {
  let installation: ReadersInstallation;
  before(async () => {
    installation = await readersInstallation();
  });
  after(() => installation[Symbol.asyncDispose]());

  test('every call that is named as ours is in the description', async () => {
    const answer = await fetch(`${installation.gateway.address}/_gatewarden/api/v1/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const all = named(/^[A-Z]+ \//).map(({ code }) => code.split(' ') as [string, string]);
    ok(all.length > 25);
    deepEqual(
      all.filter(([method, path]) => paths[path]?.[method.toLowerCase()] === undefined),
      [],
    );
  });

  test('every command that is named as ours runs as it stands, in this order, and ends with its exit code', async () => {
    const all = named(/^gatewarden [a-z]/).filter(({ heading }) => heading === 'Commands');
    ok(all.length > 40);
    const wrong: string[] = [];
    for (const { code, exits } of all) {
      const ran = await runAsWritten(code, installation);
      if (ran.code !== exits) wrong.push(`${code}\nended with ${ran.code}, not ${exits}: ${ran.stderr}`);
    }
    deepEqual(wrong, []);
  });
});

/** `run` goes on until it is stopped, and is stopped when it listens. */
async function runAsWritten(written: string, { gateway, shell }: ReadersInstallation) {
  const command = written.replaceAll('http://127.0.0.1:8080', gateway.address);
  if (!command.startsWith('gatewarden run ')) return shell.sh(command);
  const started = shell.start(command);
  await started.printed(/the gateway is listening/, 60_000);
  return { code: await started.stop(), stderr: started.stderr };
}
