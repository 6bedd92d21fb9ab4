import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../support/folders.ts';
import { commandLine, plainEnvironment } from '../support/gateway.ts';
import { run, type Started, start } from '../support/processes.ts';

type Ran = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** A shell in a home of its own, in which `gatewarden` is the command from its sources. */
export interface ReadersShell {
  /** Runs a script with `sh`. */
  sh(script: string): Promise<Ran>;
  /** Starts a command that goes on until it is stopped. */
  start(command: string): Started;
  write(file: string, text: string): Promise<void>;
}

const program = commandLine.map((one) => (one.endsWith('.ts') ? join(process.cwd(), one) : one));
const fromSources = ['exec', `'${process.execPath}'`, ...program].join(' ');

/** Opens one with these environment variables besides the machine's. `command` is what runs `gatewarden`, in shell. */
export async function readersShell(
  env: NodeJS.ProcessEnv = {},
  command = fromSources,
): Promise<ReadersShell & AsyncDisposable> {
  const folder = await temporaryFolder();
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'gatewarden'), `#!/bin/sh\n${command} "$@"\n`);
  await chmod(join(bin, 'gatewarden'), 0o755);
  const { XDG_CONFIG_HOME: _, ...rest } = plainEnvironment();
  const environment = { ...rest, HOME: folder.path, PATH: `${bin}:${process.env.PATH}`, ...env };
  return {
    sh: (script) => run('sh', ['-c', script], { env: environment, cwd: folder.path }),
    start: (command) => start('sh', ['-c', `exec ${command}`], { env: environment, cwd: folder.path }),
    write: (file, text) => writeFile(join(folder.path, file), text, { mode: 0o600 }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const fence = /^```sh\n([\s\S]*?)^```$/gm;

/**
 * The blocks of shell in a page as one script, with `replaced` in place of what the reader types. A line that ends with
 * `# exits 4` must end with that code, every other one with 0: else the script says which one did not and ends with 99.
 */
export function scriptOf(page: string, replaced: Readonly<Record<string, string>>): string {
  const blocks = [...page.matchAll(fence)].map(([, block = '']) => block).join('\n');
  const text = Object.entries(replaced).reduce((given, [from, to]) => given.replaceAll(from, to), blocks);
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(checkedLine)
    .join('\n');
}

function checkedLine(line: string): string {
  const [, command = line, exits = '0'] = /^(.*?)\s+#(?: exits (\d))?.*$/.exec(line) ?? [];
  const wrong = `printf '%s ended with %s\\n' '${command.replaceAll("'", `'\\''`)}' "$ended" >&2; exit 99`;
  return `${command}\nended=$?; [ "$ended" -eq ${exits} ] || { ${wrong}; }`;
}
