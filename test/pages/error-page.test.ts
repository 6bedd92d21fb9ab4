import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { type ErrorCode, errorTable, type Refusal } from '../../lib/errors.ts';
import { brokenPage, errorPage, plainFrame, wordsOf } from '../../lib/pages/index.ts';
import type { Principal } from '../../lib/types.ts';

const english = plainFrame('/auth');
const german = { ...english, words: wordsOf('de') };
const requestId = '6b2c0b0e-6c0e-4b7c-9a53-0d6c6c2f6f1e';
const codes = Object.keys(errorTable) as readonly ErrorCode[];

const ada: Principal = { kind: 'user', id: '1', name: 'ada', role: 'viewer', scopes: [], via: 'session' };

type Context = Partial<Parameters<typeof errorPage>[2]>;
const shown = (refusal: Refusal, context: Context = {}, frame = english): string =>
  errorPage(refusal, frame, { requestId, ...context });

const headingOf = (page: string) => /<h1>([^<]*)<\/h1>/.exec(page)?.[1] ?? '';
const linksOf = (page: string) => [...page.matchAll(/<a class="button[^"]*" href="([^"]*)"/g)].map(([, href]) => href);
const factsOf = (page: string) =>
  [...page.matchAll(/<dt>([^<]*)<\/dt><dd><bdi>([^<]*)<\/bdi>/g)].map(([, label, value]) => `${label}: ${value}`);

for (const code of codes) {
  test(`the page of ${code} has its status, its code and the id of the request, in both languages`, () => {
    const [page, other] = [shown({ code }), shown({ code }, {}, german)];
    match(page, new RegExp(`Error ${errorTable[code].status}, <code>${code}</code>`));
    match(other, new RegExp(`Fehler ${errorTable[code].status}, <code>${code}</code>`));
    for (const one of [page, other]) match(one, new RegExp(`<code>${requestId}</code>`));
    match(headingOf(page), /^[A-Z].*\.$/);
    equal(headingOf(page) === headingOf(other), false);
  });
}

test('who may not do something reads who they are, their role and which one is needed', () => {
  const page = shown({ code: 'insufficient_role', role: 'operator' }, { principal: ada });
  deepEqual(factsOf(page), ['Signed in as: ada', 'Your role: viewer', 'Needed role: operator']);
  const scoped = shown({ code: 'insufficient_scope', scope: 'deploy:write' }, { principal: ada });
  deepEqual(factsOf(scoped), ['Signed in as: ada', 'Your role: viewer', 'Needed scope: deploy:write']);
  const local = shown({ code: 'insufficient_role', role: 'admin' }, { principal: { ...ada, via: 'auto-login' } });
  equal(factsOf(local)[0], 'Acting as: ada');
});

test('nobody, and a refusal of another kind, is told of no role', () => {
  deepEqual(factsOf(shown({ code: 'not_found' }, { principal: ada })), []);
  const nobody: Principal = { kind: 'anonymous', id: '', name: '', role: 'anony', scopes: [], via: 'none' };
  deepEqual(factsOf(shown({ code: 'insufficient_role', role: 'admin' }, { principal: nobody })), []);
});

const ways: readonly (readonly [Refusal, Context, readonly string[]])[] = [
  [{ code: 'token_expired' }, {}, ['/auth/login']],
  [{ code: 'missing_credential' }, { back: '/a?b=1&c' }, ['/auth/login?next=%2Fa%3Fb%3D1%26c']],
  [{ code: 'ambiguous_path' }, { back: '/a', principal: ada }, []],
  [{ code: 'not_found' }, { back: '/a' }, ['/']],
  [{ code: 'upstream_timeout' }, { back: '/a' }, ['/a']],
  [{ code: 'upstream_timeout' }, {}, []],
  [{ code: 'store_unavailable' }, { back: '/a' }, ['/a']],
  [{ code: 'rate_limited' }, { back: '/a' }, ['/a']],
  [{ code: 'insufficient_role' }, { back: '/a', principal: ada }, ['/auth/account', '/auth/logout?next=%2Fa']],
  [{ code: 'insufficient_role' }, { principal: { ...ada, via: 'api-token' } }, ['/auth/account']],
  [{ code: 'insufficient_role' }, { principal: { ...ada, via: 'auto-login' } }, ['/auth/login']],
];

for (const [refusal, context, links] of ways) {
  const who = context.principal === undefined ? 'nobody' : context.principal.via;
  test(`${refusal.code} for ${who}, ${context.back ?? 'nothing to repeat'}: ${links.join(' and ') || 'no way on'}`, () => {
    deepEqual(linksOf(shown(refusal, context)), links);
  });
}

test('a wait is told in words', () => {
  match(shown({ code: 'rate_limited', retryAfter: 840 }), /Try again in 14 minutes\./);
  match(shown({ code: 'rate_limited', retryAfter: 840 }, {}, german), /14 Minuten/);
});

test('a detail is told in the language of the page, and marked as English where it has no translation', () => {
  const known = { code: 'insufficient_role', detail: 'This is not open to your network.' } as const;
  match(shown(known), />This is not open to your network\.</);
  match(shown(known, {}, german), />Das ist für Ihr Netzwerk nicht zugänglich\.</);
  const unknown = { code: 'validation_failed', detail: 'Something of an app.' } as const;
  match(shown(unknown, {}, german), /<p class="lead" lang="en" dir="ltr">Something of an app\.</);
  doesNotMatch(shown(unknown), /lang="en" dir="ltr">Something/);
});

test('a host that does not answer is told the address that does, or else where hosts are named', () => {
  const detail = 'This page is answered at PUBLIC_URL, https://wiki.example, only.';
  doesNotMatch(shown({ code: 'misdirected_host', detail }), /ALLOWED_HOSTS/);
  match(shown({ code: 'misdirected_host' }), /ALLOWED_HOSTS/);
});

test('what a role or a scope is told by is not told twice', () => {
  const detail = 'This needs the role operator.';
  doesNotMatch(
    shown({ code: 'insufficient_role', detail, role: 'operator' }, { principal: ada }),
    /This needs the role/,
  );
});

test('an unexpected error tells its id and nothing else', () => {
  match(brokenPage(english, requestId), new RegExp(`Error 500</p>\\s*<p>Request <code>${requestId}</code>`));
  match(brokenPage(german, requestId), /Fehler 500/);
});
