import { z } from 'zod';
import { ok, type Result, refused } from '../../errors.ts';

/**
 * A parameter of an OAuth request. Sent empty it counts as absent, and sent twice it is a list, which is refused (RFC 6749,
 * 3.2). `longest`: in characters; default: what a body may hold.
 */
export const parameter = (longest = Number.POSITIVE_INFINITY) =>
  z
    .string()
    .refine((text) => text.length <= longest, `must not be longer than ${longest} characters`)
    .transform((text) => (text === '' ? undefined : text))
    .optional();

/** A client that names itself in the body (RFC 6749, 2.3.1). */
export const clientParameters = { client_id: parameter(4096), client_secret: parameter(4096) };

/** RFC 6749, 3.3: words of printable ASCII without `"` and `\`, with one space between them. */
const scopeWord = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The scopes in a `scope` parameter, each once; undefined when none was sent. `insufficient_scope` for a text that is no list
 * of scopes.
 */
export function scopesIn(text: string | undefined): Result<readonly string[] | undefined> {
  if (text === undefined) return ok(undefined);
  const words = [...new Set(text.split(' '))];
  return words.every((word) => scopeWord.test(word)) ? ok(words) : refused('insufficient_scope');
}
