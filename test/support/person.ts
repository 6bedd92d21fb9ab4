import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandOptions, gatewardenCommand, type Ran } from './command.ts';
import { temporaryFolder } from './folders.ts';
import { adminPassword } from './gateway.ts';

type Kept = Record<string, unknown> & { signIn?: Record<string, unknown> };

/** Somebody with a home folder of their own who runs the command. */
export interface Person {
  /** Where the command keeps what it keeps. */
  readonly folder: string;
  /** Environment of their commands. */
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: CommandOptions): Promise<Ran>;
  /** Signs in with a password, in the context `default` unless the options name another. */
  login(server: string, username?: string, ...options: readonly string[]): Promise<Ran>;
  /** The file of a context. */
  readonly file: (context?: string) => string;
  kept(context?: string): Promise<Kept>;
  /** Changes the sign-in that a context keeps. */
  tamper(signIn: Readonly<Record<string, unknown>>, context?: string): Promise<void>;
}

export async function person(): Promise<Person & AsyncDisposable> {
  const home = await temporaryFolder();
  const env = { HOME: home.path, XDG_CONFIG_HOME: '' };
  const folder = join(home.path, '.config', 'gatewarden');
  const run = (args: readonly string[], options: CommandOptions = {}) =>
    gatewardenCommand(args, { cwd: home.path, ...options, env: { ...env, ...options.env } });
  const file = (context = 'default') => join(folder, 'contexts', `${context}.json`);
  const kept = async (context?: string): Promise<Kept> => JSON.parse(await readFile(file(context), 'utf8'));
  return {
    folder,
    env,
    run,
    login: (server, username = 'ada', ...options) =>
      run(['login', username, '--server', server, '--password-stdin', ...options], { input: `${adminPassword}\n` }),
    file,
    kept,
    async tamper(signIn, context) {
      const record = await kept(context);
      await writeFile(file(context), JSON.stringify({ ...record, signIn: { ...record.signIn, ...signIn } }));
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

/** The settings of a gateway whose admin is `ada`, with the password of tests. */
export const adaIsAdmin = { SUPERUSER: 'ada', SUPERUSER_PASSWORD: adminPassword };

/** The code and the hint of the error that a command with `-o json` printed. */
export function errorOf({ stderr }: Ran): { code?: string; message?: string; problems?: string[]; hint?: string } {
  const json = stderr.slice(stderr.indexOf('{'));
  return JSON.parse(json).error;
}
