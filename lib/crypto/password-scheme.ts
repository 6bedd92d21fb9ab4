import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { passwordText } from './password-text.ts';

/** How to compare a password with one hash. */
export type Scheme = Readonly<{
  /** Ours, or an import that sign-in replaces. */
  own: boolean;
  /** What one comparison costs, in rounds of bcrypt's key schedule: 4,096 at cost 12. */
  work: number;
  matches(password: string): Promise<boolean>;
}>;

const prefix = '$gw1$';
// Public on purpose: it makes our hashes worthless to other programs' rainbow tables, and nothing more.
const pepper = 'gatewarden.password.v1';
const bcryptForm = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const argon2Form =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/;
const leastCost = 4;
const greatestCost = 14;
// One pass over a block of argon2 (1 KiB) takes about 0.7 µs, a round of bcrypt 60 to 90.
const blocksPerRound = 96;
// bcrypt reads no further: what lies beyond would not be compared.
const bcryptBytes = 72;

/** 64 characters that stand for the whole password: bcrypt would cut it at 72 bytes. */
const digested = (text: string) => createHmac('sha384', pepper).update(text, 'utf8').digest('base64');

/** The form we keep: `$gw1$` and bcrypt over base64(HMAC-SHA-384) of the password. Throws `TypeError` for no password. */
export async function ownHash(password: string, cost: number): Promise<string> {
  const text = passwordText(password);
  if (text === undefined) throw new TypeError('this text cannot be a password');
  return prefix + (await bcrypt.hash(digested(text), cost));
}

/** The rounds of bcrypt at a cost, which is their logarithm. */
export const workOfCost = (cost: number): number => 2 ** cost;

/**
 * Does the work of so many rounds and nothing else: comparisons with hashes that no password matches, one for each power of
 * two in the number. Fewer than bcrypt's least cost, 16 rounds or a millisecond, are left out.
 */
export async function compareWithNobody(text: string, rounds: number): Promise<void> {
  for (let cost = greatestCost; cost >= leastCost; cost -= 1) {
    if (Math.floor(rounds / 2 ** cost) % 2 === 1) await bcrypt.compare(digested(text), hashOfNobody(cost));
  }
}

function hashOfNobody(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
}

/** How to compare with this hash; undefined for a form we do not take, or one that would cost too much. */
export function schemeOf(hash: string): Scheme | undefined {
  if (hash.startsWith(prefix)) return bcryptScheme(hash.slice(prefix.length), true);
  return bcryptScheme(hash, false) ?? argon2Scheme(hash);
}

function bcryptScheme(hash: string, own: boolean): Scheme | undefined {
  const cost = Number(bcryptForm.exec(hash)?.[1] ?? Number.NaN);
  if (!(cost >= leastCost && cost <= greatestCost)) return undefined;
  // `2y` is PHP's name for what is called `2b` elsewhere; the library knows only the latter.
  const known = hash.replace(/^\$2y/, '$2b');
  const matches = (password: string) =>
    own ? bcrypt.compare(digested(password), known) : importMatches(password, known);
  return { own, work: workOfCost(cost), matches };
}

async function importMatches(password: string, hash: string): Promise<boolean> {
  const match = await bcrypt.compare(password, hash);
  return match && Buffer.byteLength(password) <= bcryptBytes;
}

function argon2Scheme(hash: string): Scheme | undefined {
  const [, memory, time, lanes] = (argon2Form.exec(hash) ?? []).map(Number);
  if (!memory || !time || !lanes || memory < 8 * lanes || memory > 256 * 1024 || time > 10 || lanes > 16)
    return undefined;
  const work = Math.round((memory * time) / blocksPerRound);
  return { own: false, work, matches: (password) => argon2Matches(password, hash) };
}

async function argon2Matches(password: string, hash: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  return verify(hash, password);
}
