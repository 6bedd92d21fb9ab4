import { usage } from '../exit.ts';
import { passwordFromFile } from '../password-input.ts';

/**
 * The token of `GATEWARDEN_TOKEN`, or in the file of `GATEWARDEN_TOKEN_FILE`; `undefined` when neither is set. An empty one is
 * an error (exit code 5): the secret of a pipeline that is missing must not make a command act as somebody else.
 */
export function environmentToken(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GATEWARDEN_TOKEN: token, GATEWARDEN_TOKEN_FILE: path } = env;
  if (token !== undefined) return cleanToken(token, 'GATEWARDEN_TOKEN');
  return path === undefined ? undefined : cleanToken(passwordFromFile(path), 'GATEWARDEN_TOKEN_FILE');
}

/** Returns the token without space around it. Exit code 5 for what no header can hold; the token is not repeated. */
export function cleanToken(given: string, from: string): string {
  const token = given.trim();
  if (token === '') throw usage(`${from} is set, but holds no token: set it, or unset it.`);
  if (!/^[\x21-\x7e]{1,16384}$/.test(token))
    throw usage(`${from} does not hold a token: it has characters that no token has.`);
  return token;
}
