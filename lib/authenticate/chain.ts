import type { Refusal } from '../errors.ts';
import type { Credential, Extracted, Outcome, Principal } from '../types.ts';
import type { Verdict } from './verdict.ts';

export type Authenticators = Readonly<{
  session: (cookie: string) => Verdict | Promise<Verdict>;
  apiToken: (token: string) => Promise<Verdict>;
  accessToken: (token: string) => Promise<Verdict>;
}>;

const refusedAs = (refusal: Refusal, cookieOnly = false): Outcome => ({ is: 'refused', refusal, cookieOnly });
const nobody: Outcome = Object.freeze({ is: 'nobody' });

/**
 * Judges what a request presented, worst first: malformed (400), then bad (401, also beside a good one), then two of
 * different principals (400). Of two credentials of one principal the narrower, the one in `Authorization`, holds.
 */
export function chain(by: Authenticators): (extracted: Extracted) => Promise<Outcome> {
  function judge(credential: Credential): Verdict | Promise<Verdict> {
    if (credential.kind === 'session') return by.session(credential.cookie);
    return credential.kind === 'api-token' ? by.apiToken(credential.token) : by.accessToken(credential.token);
  }

  async function judgeOne(credential: Credential): Promise<Outcome> {
    const verdict = await judge(credential);
    if (verdict.is === 'bad') return refusedAs({ code: verdict.code }, credential.kind === 'session');
    return verdict;
  }

  async function judgeAll(credentials: readonly Credential[]): Promise<Outcome> {
    const outcomes = await Promise.all(credentials.map(judgeOne));
    const faults = outcomes.filter((outcome) => outcome.is === 'refused');
    const fault = faults.find((outcome) => !outcome.cookieOnly) ?? faults[0];
    if (fault) return fault;
    return together(outcomes.flatMap((outcome) => (outcome.is === 'principal' ? [outcome.principal] : [])));
  }

  return async function authenticate(extracted) {
    if (extracted.is === 'malformed') return refusedAs({ code: 'malformed_credential', detail: extracted.detail });
    const [only, second] = extracted.credentials;
    if (only === undefined) return nobody;
    return second === undefined ? judgeOne(only) : judgeAll(extracted.credentials);
  };
}

function together(found: readonly Principal[]): Outcome {
  const last = found.at(-1);
  if (last === undefined) return nobody;
  if (found.every((one) => one.id === last.id)) return { is: 'principal', principal: last };
  return refusedAs({ code: 'malformed_credential', detail: 'Two credentials of different principals were sent.' });
}
