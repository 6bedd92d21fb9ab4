import { andThen, type MaybePromise } from '../../and-then.ts';
import type { Refusal } from '../../errors.ts';
import type { Principal } from '../../types.ts';
import type { Credential, Extracted } from '../extract/credential.ts';
import { type Bad, bad, type Verdict } from './verdict.ts';

/** The result of authenticating the credentials of a request. */
export type Outcome =
  | Readonly<{ kind: 'principal'; principal: Principal }>
  /** The request presented no Gatewarden credential. */
  | Readonly<{ kind: 'nobody' }>
  | Readonly<{
      kind: 'refused';
      refusal: Refusal;
      /** Only the session cookie was refused. */
      cookieOnly: boolean;
      /** With `cookieOnly`: do not clear the cookie. */
      keepCookie?: true | undefined;
      /**
       * With `cookieOnly`: the principal of the other credential. It counts on surfaces where a dead cookie counts as
       * absent.
       */
      beside?: Principal | undefined;
      /** Two live session cookies were sent: clear all of that name, whatever domain and path they were set for. */
      tossed?: true;
    }>;

export type Authenticators = Readonly<{
  session: (cookie: string) => MaybePromise<Verdict>;
  apiToken: (token: string) => MaybePromise<Verdict>;
  accessToken: (token: string) => MaybePromise<Verdict>;
  /** Combines two credentials of one principal: the lower role, and the scopes that both have. */
  lowerOf: (a: Principal, b: Principal) => Principal;
}>;

const refusedAs = (refusal: Refusal, cookieOnly = false): Outcome => ({ kind: 'refused', refusal, cookieOnly });
const badCookie = ({ code, keepCookie }: Bad): Outcome => ({
  ...{ kind: 'refused', refusal: { code }, cookieOnly: true },
  ...(keepCookie && { keepCookie }),
});
const isKept = (verdict: Verdict): boolean => verdict.kind === 'bad' && verdict.keepCookie === true;
const nobody: Outcome = Object.freeze({ kind: 'nobody' });
const twoCookies: Outcome = Object.freeze({
  ...refusedAs({ code: 'malformed_credential', detail: 'Two live session cookies were sent; both are cleared.' }),
  tossed: true,
});

/**
 * Authenticates the credentials of a request. The first of these decides: a malformed one (400), a bad one (401, also beside
 * a good one), two of different principals (400). Two of one principal are combined by `lowerOf`. A promise only when a store
 * had to be read.
 */
export function chain(by: Authenticators): (extracted: Extracted) => MaybePromise<Outcome> {
  function verdictOn(credential: Credential): MaybePromise<Verdict> {
    if (credential.kind === 'session') return by.session(credential.cookie);
    return credential.kind === 'api-token' ? by.apiToken(credential.token) : by.accessToken(credential.token);
  }

  function outcomeOfOne(credential: Credential): MaybePromise<Outcome> {
    if (credential.kind === 'session' && credential.others !== undefined) {
      return outcomeOfCookies([credential.cookie, ...credential.others]);
    }
    return andThen(verdictOn(credential), (verdict) => outcomeOf(verdict, credential));
  }

  /** Cookies without a live session are ignored beside one that has a live session. */
  async function outcomeOfCookies(cookies: readonly string[]): Promise<Outcome> {
    const verdicts = await Promise.all(cookies.map(by.session));
    const live = verdicts.filter((verdict) => verdict.kind !== 'bad');
    if (live.length > 1) return twoCookies;
    const verdict = live[0] ?? verdicts.find(isKept) ?? verdicts[0] ?? bad('invalid_token');
    return verdict.kind === 'bad' ? badCookie(verdict) : verdict;
  }

  async function outcomeOfAll(credentials: readonly Credential[]): Promise<Outcome> {
    const outcomes = await Promise.all(credentials.map(outcomeOfOne));
    const faults = outcomes.filter((outcome) => outcome.kind === 'refused');
    const fault = faults.find((outcome) => !outcome.cookieOnly) ?? faults[0];
    const good = outcomes.flatMap((outcome) => (outcome.kind === 'principal' ? [outcome.principal] : []));
    if (fault) return fault.cookieOnly ? { ...fault, beside: good[0] } : fault;
    return together(good, by.lowerOf);
  }

  return function authenticate(extracted) {
    if (extracted.kind === 'malformed') return refusedAs({ code: 'malformed_credential', detail: extracted.detail });
    const [only, second] = extracted.credentials;
    if (only === undefined) return nobody;
    return second === undefined ? outcomeOfOne(only) : outcomeOfAll(extracted.credentials);
  };
}

function outcomeOf(verdict: Verdict, credential: Credential): Outcome {
  if (verdict.kind !== 'bad') return verdict;
  return credential.kind === 'session' ? badCookie(verdict) : refusedAs({ code: verdict.code });
}

function together(found: readonly Principal[], lowerOf: Authenticators['lowerOf']): Outcome {
  const [first, ...others] = found;
  if (first === undefined) return nobody;
  if (others.every(({ kind, id }) => kind === first.kind && id === first.id))
    return { kind: 'principal', principal: others.reduce(lowerOf, first) };
  return refusedAs({ code: 'malformed_credential', detail: 'Two credentials of different principals were sent.' });
}
