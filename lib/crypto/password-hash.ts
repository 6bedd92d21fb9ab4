import { StoreUnavailableError } from '../errors.ts';
import { limiter } from './limiter.ts';
import { compareWithNobody, ownHash, schemeOf, workOfCost } from './password-scheme.ts';
import { passwordText } from './password-text.ts';

/** Hashes and compares passwords, a few at a time, off the main thread. */
export interface PasswordHasher {
  /**
   * The password as it is kept: `$gw1$` and bcrypt. Rejects with `TypeError` for a text that `passwordText` does not
   * take, with `StoreUnavailableError('hashing')` when the queue is full; for a `stranger` as in `verify`.
   */
  hash(password: string, options?: { readonly stranger?: boolean }): Promise<string>;
  /**
   * Whether the password is the one of `hash`. No hash, one of a form we do not take, and a text that cannot be a
   * password cost the work of a real comparison and match nothing. `stale`: it matched, and is better hashed anew
   * (an import, or a lower cost). Rejects with `StoreUnavailableError('hashing')` when the queue is full; for a `stranger`
   * (default false) a fifth of it is full already. A mismatch with a cheaper hash does the work that is missing, so that the
   * clock does not tell imported users from unknown ones; dearer ones (bcrypt of cost 13 and 14) take longer.
   *
   * Taken besides our own form: `$2a$`, `$2b$`, `$2y$` of cost 4 to 14, for passwords of up to 72 bytes (bcrypt would
   * ignore the rest), and `$argon2id$` of up to 256 MiB and 10 passes. These compare what was typed, without NFKC.
   */
  verify(
    password: string,
    hash: string | undefined,
    options?: { readonly stranger?: boolean },
  ): Promise<Readonly<{ match: boolean; stale: boolean }>>;
  /** How many hashes have been computed: the same for an unknown user as for a known one. */
  readonly performed: number;
}

/**
 * A hasher: `cost` is bcrypt's (4 to 14, default 12, about 0.25 s); `concurrency` how many run at a time, by default
 * half of libuv's thread pool, so that a flood of sign-ins leaves files and DNS their threads; `queue` how many may
 * wait (default 100), a fifth of them kept for who is no stranger.
 */
export function passwordHasher(
  options: { readonly cost?: number; readonly concurrency?: number; readonly queue?: number } = {},
): PasswordHasher {
  const { cost = 12, concurrency = halfOfThreadPool(process.env.UV_THREADPOOL_SIZE), queue = 100 } = options;
  if (!Number.isInteger(cost) || cost < 4 || cost > 14) throw new TypeError('"cost" must be a whole number, 4 to 14');
  const limit = limiter(concurrency, queue, Math.ceil(queue / 5));
  let performed = 0;

  async function work<T>(task: () => Promise<T>, options?: { readonly stranger?: boolean }): Promise<T> {
    const running = limit(() => {
      performed += 1;
      return task();
    }, options);
    if (!running) throw new StoreUnavailableError('hashing');
    return running;
  }

  return {
    hash: (password, options) => work(() => ownHash(password, cost), options),
    verify: (password, hash, options) => work(() => compare(password, hash, cost), options),
    get performed() {
      return performed;
    },
  };
}

async function compare(typed: string, hash: string | undefined, cost: number) {
  const text = passwordText(typed);
  const scheme = hash === undefined || text === undefined ? undefined : schemeOf(hash);
  if (!scheme || text === undefined) {
    await compareWithNobody(text ?? '', workOfCost(cost));
    return { match: false, stale: false };
  }
  const match = await scheme.matches(scheme.own ? text : typed);
  if (!match) await compareWithNobody(text, workOfCost(cost) - scheme.work);
  return { match, stale: match && (!scheme.own || scheme.work < workOfCost(cost)) };
}

/** libuv takes 4 threads unless told, and 1,024 at most. */
export function halfOfThreadPool(size: string | undefined): number {
  const threads = Math.min(Number.parseInt(size ?? '', 10) || 4, 1024);
  return Math.max(1, Math.floor(threads / 2));
}
