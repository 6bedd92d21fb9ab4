import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { run } from '../support/processes.ts';
import { program } from '../support/services.ts';

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const contexts = join(folder.path, 'config', 'gatewarden', 'contexts');
await mkdir(contexts, { recursive: true });
for (const name of ['prod', 'staging', '$(touch hacked)']) {
  await writeFile(
    join(contexts, `${name}.json`),
    '{"server":"https://secret.example.com","clientSecret":"gws_secret"}',
  );
}

/** Prints what the Tab key would offer at the end of each line of words, joined by commas. */
const drivers = {
  bash: `
source "$1"; shift
for line in "$@"; do
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
  _gatewarden
  (IFS=,; echo "\${COMPREPLY[*]}")
done`,
  // The builtins of completion work inside of a completion only: here they collect what they are given.
  zsh: `
compdef() { : }
compset() { current=\${current#*=} }
compadd() { shift; offered=("\${(@P)1}") }
_describe() { offered=("\${(@)\${(@P)@[-1]}%%:*}") }
_files() { offered=(FILES) }
source "$1"; shift
for line in "$@"; do
  words=("\${(@s: :)line}"); CURRENT=$#words; offered=()
  _gatewarden
  matching=(\${(M)offered:#\${words[CURRENT]#--*=}*})
  echo "\${(j:,:)matching}"
done`,
  fish: `
source $argv[1]
for line in $argv[2..-1]
  set -l offered (complete -C "$line" | string replace -r '\\t.*' '')
  string join -- , $offered
end
true`,
} as const;

type Shell = keyof typeof drivers;

async function offered(shell: Shell, lines: readonly string[]): Promise<readonly string[]> {
  const printed = await gatewardenCommand(['completion', shell]);
  equal(printed.code, 0, printed.stderr);
  const script = join(folder.path, `gatewarden.${shell}`);
  await writeFile(script, printed.stdout);
  const env = { ...process.env, HOME: folder.path, XDG_CONFIG_HOME: join(folder.path, 'config') };
  const flags = shell === 'zsh' ? ['-f'] : shell === 'fish' ? ['--no-config'] : ['--norc'];
  const driver = shell === 'fish' ? ['-c', drivers.fish, script] : ['-c', drivers[shell], shell, script];
  const ran = await run(shell, [...flags, ...driver, ...lines], { env, cwd: folder.path });
  equal(ran.code, 0, ran.stderr);
  equal(ran.stderr, '');
  return ran.stdout.trimEnd().split('\n');
}

const cases: readonly [line: string, offered: RegExp][] = [
  ['gatewarden us', /^user$/],
  ['gatewarden user se', /^set-role,set-password$|^set-password,set-role$/],
  ['gatewarden -o ', /^(table|json|plain)(,(table|json|plain)){2}$/],
  ['gatewarden -o json user li', /^list$/],
  ['gatewarden user list --output js', /^json$/],
  ['gatewarden user add --pass', /^--password(-stdin|-file)?,.*--password-stdin|--password-file/],
  ['gatewarden user list --lim', /^--limit$/],
  ['gatewarden --context st', /^staging$/],
  ['gatewarden --context prod audit --sub', /^--subject$/],
  ['gatewarden completion ', /^(bash|zsh|fish)(,(bash|zsh|fish)){2}$/],
  ['gatewarden help invi', /^invite$/],
];

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const { skip } = shell === 'bash' ? { skip: !existsSync('/bin/bash') } : await program(shell);
  test(`${shell} completes commands, options, choices and names of contexts`, { skip }, async () => {
    const found = await offered(
      shell,
      cases.map(([line]) => line),
    );
    for (const [at, [line, expected]] of cases.entries()) match(found[at] ?? '', expected, `${shell}: ${line}`);
    equal(existsSync(join(folder.path, 'hacked')), false, 'a name of a context is data');
  });
}

test('bash offers no name of a context that it would run', async () => {
  const [names] = await offered('bash', ['gatewarden --context ']);
  equal(names, 'prod,staging');
});

test('a script holds no secret, and every command of the help', async () => {
  const [script, help] = await Promise.all([
    gatewardenCommand(['completion', 'bash'], { env: { XDG_CONFIG_HOME: join(folder.path, 'config') } }),
    gatewardenCommand(['--help']),
  ]);
  equal(/gws_|secret\.example|staging/.test(script.stdout), false);
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2,})/gm)].map(([, name]) => name);
  ok(commands.length > 10);
  deepEqual(
    commands.filter((name) => !script.stdout.includes(`'${name}'`)),
    [],
  );
});

test('another shell is a mistake that names those that there are', async () => {
  const { code, stderr } = await gatewardenCommand(['completion', 'tcsh']);
  equal(code, 5);
  match(stderr, /bash, zsh, fish/);
});
