import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { usage } from './exit.ts';
import type { Output } from './output.ts';

/** The sources of a password. `password` is a flag, which other users of the machine can read, so it is warned about. */
export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  readonly password?: string;
}

const withoutLineEnd = (read: string) => read.replace(/\r?\n$/, '');

/**
 * Reads the new password of `username` from stdin, a file, the flag, or a prompt on a terminal, without the line end.
 * Exit code 5 when there is no source, or more than one.
 */
export async function newPassword(username: string, options: PasswordOptions, out: Output): Promise<string> {
  const { passwordStdin, passwordFile, password } = options;
  const given = [passwordStdin, passwordFile, password].filter((one) => one !== undefined && one !== false);
  if (given.length > 1) throw usage('Give the password in one way only.');
  if (password !== undefined) return fromFlag(password, out);
  if (passwordFile !== undefined) return fromFile(passwordFile);
  const read = passwordStdin ? withoutLineEnd(await text(process.stdin)) : await fromPrompt(username);
  if (read === '') throw usage('The password is empty.');
  return read;
}

function fromFlag(password: string, out: Output): string {
  out.warn('a password in a flag can be read by others on this machine and stays in the history; use --password-stdin');
  return password;
}

function fromFile(path: string): string {
  try {
    return withoutLineEnd(readFileSync(path, 'utf8'));
  } catch (error) {
    throw usage(`The password file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function fromPrompt(username: string): Promise<string> {
  const { askNewPassword, canAsk } = await import('./prompts.ts');
  if (!canAsk()) throw usage('There is no terminal to ask for the password on: use --password-stdin.');
  return askNewPassword(`New password of ${username}`);
}
