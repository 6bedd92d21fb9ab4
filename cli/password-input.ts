import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { reasonOf, usage } from './exit.ts';
import type { Output } from './output.ts';
import type { Said } from './shared-options.ts';

/** The sources of a password. `password` is a flag, which other users of the machine can read, so it is warned about. */
export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  readonly password?: string;
}

const withoutLineEnd = (read: string) => read.replace(/\r?\n$/, '');

const given = ({ passwordStdin, passwordFile, password }: PasswordOptions) =>
  [passwordStdin, passwordFile, password].filter((one) => one !== undefined && one !== false);

/**
 * Reads the new password of `username` from stdin, a file, the flag, or a prompt on a terminal, without the line end.
 * Exit code 5 when there is no source, or more than one.
 */
export const newPassword = (username: string, options: PasswordOptions, out: Output): Promise<string> =>
  passwordFrom(options, out, async () => (await prompts()).askNewPassword(`New password of ${username}`));

/** Reads the password that `username` has already; as `newPassword`, but asks for it once. */
export const presentPassword = (username: string, options: PasswordOptions, out: Output): Promise<string> =>
  passwordFrom(options, out, async () => (await prompts()).askPassword(`Password of ${username}`));

async function passwordFrom(options: PasswordOptions, out: Output, ask: () => Promise<string>): Promise<string> {
  if (given(options).length > 1) throw moreThanOne();
  const { passwordStdin, passwordFile, password } = options;
  if (password !== undefined) return fromFlag(password, out);
  if (passwordFile !== undefined) return passwordFromFile(passwordFile);
  if (passwordStdin) return secretFromStdin('the password');
  const read = await ask();
  if (read === '') throw usage('The password is empty.');
  return read;
}

function fromFlag(password: string, out: Output): string {
  out.warn('a password in a flag can be read by others on this machine and stays in the history; use --password-stdin');
  return password;
}

/**
 * Where the new password of `username` comes from, before it is read: exit code 5 when there is no source, or more than one, or
 * when stdin is to give this and one's own password. Returns the function that reads it, as `newPassword`.
 */
export function passwordSource(username: string, options: PasswordOptions, said: Said): () => Promise<string> {
  if (given(options).length > 1) throw moreThanOne();
  if (options.passwordStdin && said.globals().currentPasswordStdin) throw twoFromStdin();
  if (given(options).length === 0 && !onTerminal()) throw noTerminal();
  return () => newPassword(username, options, said.out());
}

const moreThanOne = () => usage('Give the password in one way only.');

const twoFromStdin = () =>
  usage('Stdin holds one password only: give the other one with --password-file or --current-password-file.');

const noTerminal = () =>
  usage('There is no terminal to ask for the password on: use --password-stdin or --password-file.');

// As `canAsk` of the prompts, which are loaded only when there is something to ask.
const onTerminal = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Reads a secret from a file, without the line end; exit code 5 when it cannot be read. */
export function passwordFromFile(path: string): string {
  try {
    return withoutLineEnd(readFileSync(path, 'utf8'));
  } catch (error) {
    throw usage(`The file of a secret cannot be read: ${reasonOf(error)}`);
  }
}

let readFor: string | undefined;

/** Reads a secret from stdin, without the line end. `what` names it for errors: stdin holds one secret only (exit code 5). */
export async function secretFromStdin(what: string): Promise<string> {
  if (readFor !== undefined) throw usage(`Stdin holds ${readFor}: give ${what} in another way.`);
  readFor = what;
  const read = withoutLineEnd(await text(process.stdin));
  if (read === '') throw usage(`Stdin holds nothing where ${what} should be.`);
  return read;
}

async function prompts(): Promise<typeof import('./prompts.ts')> {
  const asking = await import('./prompts.ts');
  if (!asking.canAsk()) throw noTerminal();
  return asking;
}
