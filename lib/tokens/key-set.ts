import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailableError } from '../errors.ts';
import { type Key, keyOf } from './key.ts';

/** The keys that verify assertions. */
export interface KeySource {
  /** The key with this `kid`; `undefined` for an unknown one. Rejects with `KeySetUnavailableError`. */
  verificationKey(kid: string): Promise<Key | undefined>;
}

type Keys = ReadonlyMap<string, Key>;

/** The key set cannot be read: 503, since nobody can be recognised without it. */
export class KeySetUnavailableError extends StoreUnavailableError {
  override readonly name = 'KeySetUnavailableError';
  override readonly message: string;
  constructor(url: URL, options: { cause: unknown }) {
    super('jwks', options);
    const { cause } = options;
    this.message = `${url} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

const algorithms: ReadonlySet<unknown> = new Set(['EdDSA', 'ES256']);
const publicFields: ReadonlySet<string> = new Set(['kty', 'crv', 'x', 'y', 'use']);

/** The keys of a set that Gatewarden may sign with; others are passed over. Throws `TypeError` when there is none. */
function signingKeysIn(set: unknown): readonly SigningJwk[] {
  const listed = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  if (!Array.isArray(listed)) throw new TypeError('a key set is an object with a list "keys"');
  const found = listed.filter(isSigningKey);
  if (found.length === 0) throw new TypeError('the key set has no key for EdDSA or ES256 with a "kid"');
  return found;
}

async function imported(jwks: readonly SigningJwk[]): Promise<Keys> {
  const keys = await Promise.all(jwks.map(publicKeyOf));
  return new Map(keys.map((key) => [key.kid, key]));
}

type SigningJwk = Readonly<{ kid: string; alg: string }>;

const isSigningKey = (jwk: unknown): jwk is SigningJwk =>
  typeof jwk === 'object' &&
  jwk !== null &&
  'kid' in jwk &&
  typeof jwk.kid === 'string' &&
  'alg' in jwk &&
  algorithms.has(jwk.alg);

const publicKeyOf = (jwk: SigningJwk): Promise<Key> =>
  keyOf(Object.fromEntries(Object.entries(jwk).filter(([name]) => publicFields.has(name))), {
    kid: jwk.kid,
    algorithm: jwk.alg,
  });

/** The keys of a set that is given. Throws `TypeError` when it has none that Gatewarden may sign with. */
export function givenKeys(set: unknown): KeySource {
  const jwks = signingKeysIn(set);
  let keys: Promise<Keys> | undefined;
  return {
    async verificationKey(kid) {
      keys ??= imported(jwks);
      return (await keys).get(kid);
    },
  };
}

/** How long a request for the set may take, in milliseconds, and the longest set that is read, in characters. */
const timeLimit = 5000;
const longestSet = 65_536;

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestSet) throw new Error('it is too long for a key set');
  }
  return text;
}

async function fetchKeys(url: URL): Promise<Keys> {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeLimit) });
  if (answer.ok) return imported(signingKeysIn(JSON.parse(await textOf(answer))));
  await answer.body?.cancel();
  throw new Error(`it answered ${answer.status}`);
}

/** Ages of a set in milliseconds: from the first on it is read again in the background, from the second on it is not used. */
const fresh = 600_000;
const usable = 3_600_000;
/** The least time between two readings, in milliseconds. */
const pause = 1000;

type Options = Readonly<{
  /** Called with each failure to read the set. */
  onFailure?: ((error: KeySetUnavailableError) => void) | undefined;
  /** A monotonic clock in milliseconds. */
  now?: (() => number) | undefined;
}>;

/**
 * The keys of a set that is published at a URL. It is read when the first key is asked for, when a `kid` is unknown (the keys
 * were rotated) and every 10 minutes, at most once a second: who asks meanwhile waits. While it cannot be read, the keys of the
 * last hour are used, and unknown ones are an outage.
 */
export function publishedKeys(url: URL, { onFailure, now = () => performance.now() }: Options = {}): KeySource {
  let keys: Keys = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  /** The request is sent: its answer may be older than a key that is asked for now. */
  let isSent = false;

  async function readNow(): Promise<void> {
    const early = triedAt + pause - now();
    if (early > 0) await wait(early, undefined, { ref: false });
    triedAt = now();
    isSent = true;
    try {
      keys = await fetchKeys(url);
      readAt = now();
    } catch (cause) {
      const error = new KeySetUnavailableError(url, { cause });
      onFailure?.(error);
      throw error;
    }
  }

  function read(): Promise<void> {
    reading ??= readNow().finally(() => {
      reading = undefined;
      isSent = false;
    });
    return reading;
  }

  async function readFor(kid: string): Promise<Key | undefined> {
    const mayBeOlder = isSent;
    await read();
    if (mayBeOlder && !keys.has(kid)) await read();
    return keys.get(kid);
  }

  return {
    async verificationKey(kid) {
      const key = keys.get(kid);
      const age = now() - readAt;
      if (key === undefined || age >= usable) return readFor(kid);
      // A failure is reported and changes nothing yet.
      if (age >= fresh) read().catch(() => undefined);
      return key;
    },
  };
}
