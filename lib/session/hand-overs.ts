import type { IncomingMessage } from 'node:http';
import { sha256 } from '../crypto/digest.ts';
import { randomBase62 } from '../crypto/random.ts';
import type { SecretBox } from '../crypto/secret-box.ts';
import { ok, type Result, refused } from '../errors.ts';
import { cookieValues, decodeCookie } from '../net/cookies.ts';
import { sessionIsValid, standingOfSession } from '../services/standing.ts';
import { type HandOverRecord, handOverKind } from '../stores/records/kinds/hand-over.ts';
import type { Change } from '../stores/records/records.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import { bindingCookie } from './binding-cookie.ts';
import { type CookieSettings, hostCookie, sessionCookie } from './cookie.ts';
import { pace } from './pace.ts';
import { signedSessionId, signSessionId } from './signed-cookie.ts';

/** How long a code is valid, in milliseconds. */
const validFor = 30_000;

const codeLength = 43;
const codeForm = /^[0-9A-Za-z]{43}$/;

/** How many codes one session gets in the time in which they are valid. */
const mostCodes = 60;

/** What a code is bound to: the host that may redeem it, the path to go on to, and the browser, by the hash of its secret. */
export type HandOverBinding = Pick<HandOverRecord, 'hostname' | 'target' | 'binding'>;

/** A session that was handed over. `setCookie`: the `Set-Cookie` value for the host that redeemed the code. */
export type HandedOver = Readonly<{ sessionId: string; target: string; setCookie: string }>;

/** Hands sessions of `PUBLIC_URL` over to other hosts, by codes that work once. */
export interface HandOvers {
  /** The hash of the browser's secret, and the `Set-Cookie` value that gives the secret to the browser. */
  bind(req: IncomingMessage): Readonly<{ binding: string; setCookie: string }>;
  /**
   * Makes a code for the session that the request's cookie names, valid for 30 seconds. Refused when the cookies do not have the
   * session with this public id (`invalid_token`), and after 60 codes in 30 seconds (`rate_limited`).
   */
  issue(req: IncomingMessage, sessionId: string, to: HandOverBinding): Promise<Result<string>>;
  /**
   * Redeems a code. The first attempt uses it up, whether it succeeds or not. `undefined` when there is no such code, it is for
   * another host or another browser, it has expired, or the session has ended.
   */
  redeem(req: IncomingMessage, code: string, hostname: string): Promise<HandedOver | undefined>;
  /** The `Set-Cookie` value that clears the session cookie of a host that redeemed a code: it has no `COOKIE_DOMAIN`. */
  readonly clearCookieHeader: string;
}

export type HandOverDependencies = Readonly<{
  settings: CookieSettings;
  /** Keys of the session cookie's signature: the first signs, all verify. */
  secrets: readonly string[];
  stores: Pick<Stores, 'records' | 'sessions'>;
  /** Encrypts the ids of sessions. */
  box: SecretBox;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

/** A code that is valid for longer than at its beginning was made before the clock was set back. */
const isCurrent = ({ expiresAt }: HandOverRecord, now: number): boolean =>
  now < expiresAt && expiresAt - now <= 2 * validFor;

export function handOvers({ settings, secrets, stores, box, clock }: HandOverDependencies): HandOvers {
  const { records } = stores;
  const cookie = sessionCookie(settings);
  const browser = bindingCookie(cookie);
  const [signingSecret = ''] = secrets;
  const mayIssue = pace(mostCodes, validFor);

  function secretIdIn(header: string, sessionId: string): string | undefined {
    const ids = cookieValues(header, cookie.name).map((value) => signedSessionId(decodeCookie(value), secrets));
    return ids.find((id) => id !== undefined && sha256(id) === sessionId);
  }

  /** The record, unless it has expired. It is removed: a code works once. */
  async function taken(code: string): Promise<HandOverRecord | undefined> {
    // Codes that do not exist cost no turn among the writes.
    if (!codeForm.test(code) || (await records.get(handOverKind, sha256(code))) === undefined) return undefined;
    const changed = await records.change(
      handOverKind,
      sha256(code),
      (record, now): Change<HandOverRecord, HandOverRecord | undefined> =>
        record === undefined
          ? { kind: 'keep', answer: undefined }
          : { kind: 'remove', answer: isCurrent(record, now) ? record : undefined },
    );
    return changed.kind === 'done' ? changed.answer : undefined;
  }

  async function liveSession(secretId: string): Promise<SessionRecord | undefined> {
    const session = await stores.sessions.find(sha256(secretId), clock());
    if (session?.kind !== 'browser' || session.userId === null) return undefined;
    return sessionIsValid(session, await standingOfSession(records, session), clock()) ? session : undefined;
  }

  function cookieFor(secretId: string, { remember, expiresAt }: SessionRecord): string {
    return hostCookie(cookie, signSessionId(secretId, signingSecret), remember ? expiresAt : undefined);
  }

  return {
    clearCookieHeader: sessionCookie({ ...settings, cookieName: cookie.name, cookieDomain: undefined })
      .clearCookieHeader,
    bind: ({ headers }) => browser.bind(headers.cookie ?? ''),
    async issue({ headers }, sessionId, to) {
      const secretId = secretIdIn(headers.cookie ?? '', sessionId);
      if (secretId === undefined) return refused('invalid_token');
      if (!mayIssue(sessionId, clock())) return refused('rate_limited', { retryAfter: validFor / 1000 });
      const code = randomBase62(codeLength);
      const expiresAt = clock() + validFor;
      await records.add(handOverKind, { id: sha256(code), ...to, session: box.seal(secretId), expiresAt });
      return ok(code);
    },
    async redeem({ headers }, code, hostname) {
      const found = await taken(code);
      if (found?.hostname !== hostname || !browser.has(headers.cookie ?? '', found.binding)) return undefined;
      const secretId = box.open(found.session);
      const session = secretId === undefined ? undefined : await liveSession(secretId);
      if (secretId === undefined || session === undefined) return undefined;
      return { sessionId: session.id, target: found.target, setCookie: cookieFor(secretId, session) };
    },
  };
}
