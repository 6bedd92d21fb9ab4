import { z } from 'zod';
import { hasHazard } from '../text.ts';
import { isObvious } from './obvious.ts';

/** Parses one setting, from environment text or from a value given in code. */
export type Parser<T> = z.ZodType<T, unknown>;

const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);

/**
 * A parser of text: `read` returns the value, or undefined for a text that `problem` describes. As a function, `problem`
 * is given the text, to add a hint; it must not repeat what may be a secret.
 */
export function text<T>(
  problem: string | ((given: string) => string),
  read: (text: string) => T | undefined,
): Parser<T> {
  return z.unknown().transform((given, context) => {
    const value = typeof given === 'string' ? read(given.trim()) : undefined;
    if (value !== undefined) return value;
    const message = typeof problem === 'string' ? problem : problem(String(given).trim());
    context.issues.push({ code: 'custom', message, input: undefined });
    return z.NEVER;
  });
}

/** Text that the pattern must match. The pattern is anchored by the caller. */
export const matching = (pattern: RegExp, problem: string): Parser<string> =>
  text(problem, (given) => (pattern.test(given) ? given : undefined));

/** `true` or `false`, in any case. */
export const flag: Parser<boolean> = z.preprocess(
  (value) => ({ true: true, false: false })[String(value).trim().toLowerCase()],
  z.boolean({ error: 'must be true or false' }),
);

/** A whole number within bounds, both included. */
export function wholeNumber(least: number, most: number): Parser<number> {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value),
    z.int({ error }).min(least, { error }).max(most, { error }),
  );
}

/** The units of durations, in milliseconds. */
export const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as text: a whole number and a unit, such as `90s`, `15m`, `12h` or `30d`. */
export const durationPattern = /^(\d{1,9})([smhd])$/;

/** The milliseconds of a duration text; undefined for text that is not a duration. */
export function millisecondsIn(text: string): number | undefined {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  return amount !== undefined && isUnit(unit) ? Number(amount) * units[unit] : undefined;
}

const isUnit = (unit: string | undefined): unit is keyof typeof units =>
  unit !== undefined && Object.hasOwn(units, unit);

const longest = 3650 * units.d;

/** A duration text such as `90s`, `15m`, `12h`, `30d`, or a number of milliseconds given in code. */
export const duration: Parser<number> = z.preprocess(
  (value) => (typeof value === 'string' ? (millisecondsIn(value.trim()) ?? value) : value),
  z
    .int({ error: 'must be a duration such as 90s, 15m, 12h or 30d' })
    .min(1000, { error: 'must be at least one second' })
    .max(longest, { error: 'must be at most 3650d' }),
);

/** A duration, or `0` for none. */
export const durationOrNone: Parser<number> = z.preprocess(
  trimmed,
  z.union([z.literal(['0', 0]).transform(() => 0), duration], {
    error: 'must be a duration such as 90s or 15m, or 0 for none',
  }),
);

/** Exactly one of the words. */
export const choice = <const T extends string>(...words: readonly T[]): Parser<T> =>
  z.preprocess(trimmed, z.enum(words, { error: `must be one of ${words.join(', ')}` }));

/** A comma-separated list or an array of `item`. The result is frozen and has no duplicates. */
export function listOf<T>(item: Parser<T>): Parser<readonly T[]> {
  return z.preprocess(
    (value) => (typeof value === 'string' ? parts(value) : value),
    z.array(item, { error: 'must be a comma-separated list' }).transform((items) => Object.freeze([...new Set(items)])),
  );
}

const parts = (list: string) =>
  list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** As `listOf`, with the word `none` for the empty list. */
export function listOrNone<T>(item: Parser<T>): Parser<readonly T[]> {
  return z.preprocess((value) => (trimmed(value) === 'none' ? [] : value), listOf(item));
}

/** Text of one or more lines, trimmed. */
export const anyText: Parser<string> = matching(/^[^\0]*$/, 'must be text');

/** One line that people read: 1 to 80 characters, none of them hazardous. */
export const title: Parser<string> = text('must be one line of up to 80 characters', (given) =>
  /^.{1,80}$/u.test(given) && !hasHazard(given) ? given : undefined,
);

/** A colour, in lower case. */
export const colour: Parser<string> = text('must be a colour such as #2f5bd0', (given) =>
  /^#[0-9a-f]{6}$/i.test(given) ? given.toLowerCase() : undefined,
);

/** A username, as an admin may assign it. */
export const username: Parser<string> = matching(
  /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
  'must be a username: letters, digits and . _ @ + - after a first letter or digit, up to 64 in all',
);

/** The name of a role. Whether the ladder has that role is checked when the ladder is parsed. */
export const role: Parser<string> = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be the name of a role');

/** The path of a folder. */
export const folder: Parser<string> = matching(/^[^\0\r\n]+$/, 'must be the path of a folder');

/** The path of a file. */
export const file: Parser<string> = matching(/^[^\0\r\n]+$/, 'must be the path of a file');

/** A password; not trimmed. */
export const password: Parser<string> = z
  .string({ error: 'must be text' })
  .refine(
    (given) => given.isWellFormed() && !given.includes('\0') && Buffer.byteLength(given.normalize('NFKC')) <= 1024,
    { error: 'must be Unicode text of up to 1,024 bytes' },
  );

const notObvious = (secret: string): boolean => !isObvious(secret);
const obvious = { error: 'is a pattern that can be guessed: gatewarden keygen makes a good one' };

/** A secret that travels in a header: at least 16 visible ASCII characters. */
export const headerSecret: Parser<string> = matching(
  /^[\x21-\x7e]{16,512}$/,
  'must be 16 to 512 visible ASCII characters without spaces',
).refine(notObvious, obvious);

const secretKey = text('must be URL-safe base64 of at least 32 bytes each (gatewarden keygen makes one)', (given) =>
  /^[A-Za-z0-9_-]+={0,2}$/.test(given) && Buffer.from(given, 'base64url').length >= 32 ? given : undefined,
).refine(notObvious, obvious);

/** Secret keys, newest first. */
export const secretKeys: Parser<readonly string[]> = listOf(secretKey).refine((keys) => keys.length > 0, {
  error: 'must hold at least one key',
});
