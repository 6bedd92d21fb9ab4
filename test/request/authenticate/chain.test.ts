import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chain } from '../../../lib/request/authenticate/chain.ts';
import { bad, type Verdict } from '../../../lib/request/authenticate/verdict.ts';
import type { Credential, Extracted } from '../../../lib/request/extract/credential.ts';
import type { Principal } from '../../../lib/types.ts';

const good = (principal: Principal): Verdict => ({ kind: 'principal', principal });

const person = (id: string, via: Principal['via']): Principal => ({
  kind: 'user',
  id,
  name: id,
  role: 'user',
  scopes: [],
  via,
});

/** Credentials say of themselves what they are: `ada`, `bob`, `visitor`, `replaced`, `robot` (a client with the id of ada), or an error code. */
function verdict(text: string, via: Principal['via']): Verdict {
  if (text === 'visitor') return { kind: 'nobody' };
  if (text === 'replaced') return { ...bad('token_revoked'), keepCookie: true };
  if (text === 'robot') return good({ ...person('ada', via), kind: 'client' });
  return text === 'ada' || text === 'bob' ? good(person(text, via)) : bad('token_expired');
}

const authenticate = chain({
  session: (cookie) => verdict(cookie, 'session'),
  apiToken: async (token) => verdict(token, 'api-token'),
  accessToken: async (token) => verdict(token, 'access-token'),
  lowerOf: (a, b) => ({ ...a, via: b.via }),
});

const cookie = (text: string, ...others: string[]): Credential =>
  others.length === 0 ? { kind: 'session', cookie: text } : { kind: 'session', cookie: text, others };
const token = (text: string): Credential => ({ kind: 'api-token', token: text });
const jwt = (text: string): Credential => ({ kind: 'access-token', token: text });
const sent = (...credentials: Credential[]): Extracted => ({ kind: 'credentials', credentials, foreign: false });

const cases: [title: string, extracted: Extracted, outcome: string][] = [
  ['nothing', sent(), 'nobody'],
  ['what is malformed', { kind: 'malformed', detail: 'two' }, 'malformed_credential'],
  ['a good cookie', sent(cookie('ada')), 'ada by session'],
  ['a good API token', sent(token('ada')), 'ada by api-token'],
  ['a good access token', sent(jwt('ada')), 'ada by access-token'],
  ["a visitor's session", sent(cookie('visitor')), 'nobody'],
  ["a visitor's session beside a token", sent(cookie('visitor'), token('ada')), 'ada by api-token'],
  ['a bad cookie', sent(cookie('dead')), 'token_expired of the cookie'],
  ['a dead cookie beside a good one', sent(cookie('dead', 'ada')), 'ada by session'],
  ['a good cookie beside two dead ones', sent(cookie('dead', 'ada', 'gone')), 'ada by session'],
  ['two good cookies', sent(cookie('ada', 'bob')), 'malformed_credential'],
  ['two cookies of one user', sent(cookie('ada', 'ada')), 'malformed_credential'],
  ['two dead cookies', sent(cookie('dead', 'gone')), 'token_expired of the cookie'],
  ['a replaced cookie', sent(cookie('replaced')), 'token_revoked of the cookie, kept'],
  ['a replaced cookie beside its successor', sent(cookie('replaced', 'ada')), 'ada by session'],
  ['a replaced cookie after a dead one', sent(cookie('dead', 'replaced')), 'token_revoked of the cookie, kept'],
  ['a replaced cookie beside a token', sent(cookie('replaced'), token('ada')), 'token_revoked of the cookie, kept'],
  ['a bad token', sent(token('dead')), 'token_expired'],
  ['a bad token beside a good cookie', sent(cookie('ada'), token('dead')), 'token_expired'],
  ['a bad cookie beside a good token', sent(cookie('dead'), token('ada')), 'token_expired of the cookie'],
  ['a bad cookie beside a bad token', sent(cookie('dead'), token('dead')), 'token_expired'],
  ['two good ones of one principal', sent(cookie('ada'), token('ada')), 'ada by api-token'],
  ['a user and a client of one id', sent(cookie('ada'), jwt('robot')), 'malformed_credential'],
  ['two good ones of different principals', sent(cookie('ada'), token('bob')), 'malformed_credential'],
];

describe('of a request that presents', () => {
  for (const [title, extracted, expected] of cases) {
    it(`${title}: ${expected}`, async () => {
      const outcome = await authenticate(extracted);
      const told =
        outcome.kind === 'principal'
          ? `${outcome.principal.name} by ${outcome.principal.via}`
          : outcome.kind === 'nobody'
            ? 'nobody'
            : `${outcome.refusal.code}${outcome.cookieOnly ? ' of the cookie' : ''}${outcome.keepCookie ? ', kept' : ''}`;
      deepEqual(told, expected);
    });
  }
});
