import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { pathOwner } from '../../lib/request/authorize/own-paths.ts';
import { explainHypothetically } from '../../lib/request/hypothetical.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { principal, rulesOf } from '../request/authorize/known.ts';
import { everyReader, permits, target } from '../request/authorize/readers.ts';
import { type Besieged, besieged, own } from './fronts.ts';
import { ask, codeIn, proxies } from './questions.ts';
import { bearerOf, type Heard, requestOf, send } from './raw.ts';

const rules = `
  public read  /public/**
  admin  *     /admin/**
  user   *     /home/:self/**
  operator write /**
  viewer GET   /**
`;
const people = { vera: 'viewer', una: 'user', omar: 'operator' } as const;
type Name = keyof typeof people;
/** Those that a GET can select: the readers know no methods. */
const ofGet = rulesOf(rules).filter(({ methods }) => methods !== 'write');
const ownerOf = pathOwner([own]);

const path = fc.oneof(
  { weight: 4, arbitrary: target.filter((one) => /^[\x21-\x7e]+$/.test(one)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/',
      '/public/x',
      '/home/una',
      '/home/UNA/x',
      '/x?y=%00',
      '//public/x',
      '/public/%2e',
      '*',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(own, `${own}/login`, `/${own}/x`, '/%5fgatewarden', '/_Gatewarden', `${own}2`),
  },
);
const request = fc.record({
  target: path,
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'),
  host: fc.constantFrom('localhost', 'localhost', 'localhost', 'LOCALHOST.:80', 'evil.example'),
  who: fc.constantFrom<Name | undefined>(undefined, 'vera', 'una', 'omar'),
  browser: fc.constantFrom<readonly string[]>(
    [],
    [],
    ['Accept: text/html', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: none'],
    ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'],
  ),
});

/** What a mode says of a request: every other one must say the same. */
type Said = Readonly<{ status: number; code: string | undefined; user: string | undefined }>;

/** Headers and bodies that a HEAD is answered with have no code in them. */
const without = (said: Said, method: string): Said => (method === 'HEAD' ? { ...said, code: undefined } : said);

function saidBy({ status, text, received }: Heard): Said {
  return { status, code: codeIn(text), user: received[0]?.user };
}

/** Express refuses what it may read in two ways, also where every reading is permitted. */
const expressRefuses = (bytes: string): boolean => {
  const [before = ''] = bytes.split('?');
  return before.includes('//') || /%2f|%5c|%25(25)*[0-9a-f]{2}/i.test(before) || /%(?=%[0-9a-f]{2})/i.test(before);
};

describe('a generated request', () => {
  const resolved = loadSettings({ env: {}, given: { rules, prefix: own }, applies: 'middleware' });
  const bearers = new Map<Name, string>();
  let site: Besieged;

  before(async () => {
    site = await besieged({ rules, trustedProxies: ['127.0.0.0/8'] });
    for (const [name, role] of Object.entries(people) as [Name, string][])
      bearers.set(name, await bearerOf(site.gate, name, role));
  });
  after(() => site[Symbol.asyncDispose]());

  /** No service that is as lenient as any reads what got through as something that the rules forbid. */
  function readersAgree({ received }: Heard, method: string, who: Name | undefined): void {
    if (method !== 'GET') return;
    const by = who === undefined ? principal('anony') : principal(people[who], who);
    for (const { url } of received) {
      const stricter = everyReader.find(({ read, folds }) => !permits(ofGet, read(url), folds, by));
      equal(stricter?.name, undefined, `${url} as ${stricter?.read(url)} is not for ${who ?? 'nobody'}`);
    }
  }

  it('is decided on alike by the gateway, by forward-auth for each proxy, by protect() and by explain', async () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    await fc.assert(
      fc.asyncProperty(request, async ({ target: asked, method, host, who, browser }) => {
        const bearer = who === undefined ? undefined : bearers.get(who);
        const lines = [`Host: ${host}`, ...browser, ...(bearer === undefined ? [] : [bearer])];
        const original = { target: asked, lines, method };
        const heard = await send(site.gateway, requestOf(asked, lines, method));
        const expected = without(saidBy(heard), method);
        readersAgree(heard, method, who);
        const explained = await explainHypothetically(resolved, {
          method,
          target: asked,
          host,
          address: '127.0.0.1',
          by: who && { user: { id: who, username: who, role: people[who], emailConfirmed: false }, via: 'api-token' },
        });
        const isOwn = explained.decision === 'own-path';
        count(isOwn ? 'own' : String(expected.status));

        for (const front of [site.gateway, site.protect]) {
          for (const proxy of proxies) {
            // The target of the question is a path below the endpoint's: no asterisk.
            if (proxy === 'envoy' && asked === '*') continue;
            const verdict = await ask(front, proxy, original);
            const said = without({ status: verdict.status, code: verdict.code, user: verdict.user }, method);
            const wanted = isOwn
              ? without({ status: 403, code: 'forward_auth_refused', user: undefined }, method)
              : expected;
            deepEqual(said, wanted, `${front.name}, ${proxy}: ${verdict.text}`);
          }
        }
        if (!isOwn) equal(explained.decision === 'passes', expected.status === 200, 'explain');
        // Express serves what is mounted by its own reading, and an app has nothing else below that path.
        if (ownerOf(asked) !== 'upstream') return;
        const inExpress = without(saidBy(await send(site.protect, requestOf(asked, lines, method))), method);
        if (expected.status === 200 && expressRefuses(asked)) equal(inExpress.status, 400);
        else deepEqual(inExpress, expected, 'protect');
      }),
      { numRuns: 400 },
    );
    for (const what of ['200', '303', '400', '401', '403', '421', 'own'])
      ok((seen.get(what) ?? 0) > 2, `${what}: ${seen.get(what)}`);
  });
});
