import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Principal } from 'gatewarden';
import { principal, rulesOf } from '../request/authorize/known.ts';
import { everyReader, permits, target } from '../request/authorize/readers.ts';
import { type Besieged, besieged } from './fronts.ts';
import { bearerOf, type Heard, requestOf, send } from './raw.ts';

/** Most end in a rule that opens the rest: there a reading that is missed does harm. */
const ruleSets = [
  'public read /public/**\nadmin * /admin/**\nviewer * /**',
  'admin * /admin/**\noperator * /secret/**\nuser * /home/:self/**\npublic read /**',
  'user * /home/:self/a\npublic read /home/*\noperator read /a/**\nviewer read /wiki\npublic * /**',
  'operator GET /*/secret\nadmin * /Admin/**\nuser read /home/:self\nviewer * /**',
];

const askers: readonly Principal[] = [
  principal('anony'),
  principal('viewer', 'bob'),
  principal('user', 'alice'),
  principal('operator', 'omar'),
];

const sent = fc.oneof(
  { weight: 4, arbitrary: target },
  { weight: 1, arbitrary: target.map((path) => `http://localhost${path}`) },
);

/** In Express a guard that is mounted runs for one reading only: there, paths that Express may read in two ways are refused. */
function expressRefuses(bytes: string): boolean {
  const path = (bytes.split('?')[0] ?? '').replace(/^http:\/\/localhost/, '');
  return path.includes('//') || /%2f|%5c|%25(25)*[0-9a-f]{2}/i.test(path) || /%(?=%[0-9a-f]{2})/i.test(path);
}

for (const text of ruleSets) {
  describe(`generated requests under the rules ${JSON.stringify(text)}`, () => {
    const rules = rulesOf(text);
    const bearers = new Map<string, string>();
    let site: Besieged;

    before(async () => {
      site = await besieged({ rules: text });
      for (const { name, role } of askers) if (name !== '') bearers.set(name, await bearerOf(site.gate, name, role));
    });
    after(() => site[Symbol.asyncDispose]());

    const asked = (bytes: string, { name }: Principal): Buffer => {
      const bearer = bearers.get(name);
      return requestOf(bytes, bearer === undefined ? [] : [bearer]);
    };

    /** The service reads the bytes that arrived, in whatever way, and would not have had to refuse. */
    function judgedAsRead({ status, statuses, received }: Heard, who: Principal): void {
      equal(statuses.length, 1);
      equal(received.length, status === 200 ? 1 : 0);
      for (const { url } of received) {
        const path = url.replace(/^http:\/\/localhost(?=\/)/, '');
        const stricter = everyReader.find(({ read, folds }) => !permits(rules, read(path), folds, who));
        equal(stricter?.name, undefined, `${url} as ${stricter?.read(path)} is not for ${who.name || 'nobody'}`);
      }
    }

    it('are never answered when one way to read what arrives forbids it, and alike in both modes', async () => {
      let [allowed, refused] = [0, 0];
      await fc.assert(
        fc.asyncProperty(sent, fc.constantFrom(...askers), async (bytes, who) => {
          const request = asked(bytes, who);
          const [proxy, middleware] = [await send(site.gateway, request), await send(site.protect, request)];
          judgedAsRead(proxy, who);
          judgedAsRead(middleware, who);
          const expected = proxy.status === 200 && expressRefuses(bytes) ? 400 : proxy.status;
          equal(middleware.status, expected);
          if (proxy.status === 200) allowed += 1;
          else refused += 1;
        }),
        { numRuns: 120 },
      );
      ok(allowed > 20 && refused > 20, `${allowed} allowed, ${refused} refused`);
    });
  });
}

describe('a request with generated method, host and headers', () => {
  let site: Besieged;
  let lines: readonly string[];

  before(async () => {
    site = await besieged({ rules: 'public read /open/**\nuser POST /tasks\noperator write /**\nviewer read /**' });
    const [una, omar] = [await bearerOf(site.gate, 'una'), await bearerOf(site.gate, 'omar', 'operator')];
    await site.addUser('cora');
    const cookie = await site.protect.signIn('cora');
    lines = [
      ...[una, omar, una.replace('Bearer', 'bearer'), `${una}x`, 'Authorization: Basic eDp5', 'Authorization: Bearer'],
      ...[
        'Authorization: Bearer a.b.c',
        `Cookie: ${cookie}`,
        `Cookie: ${cookie}x`,
        'Cookie: a=b',
        `Cookie: ${cookie}; ${cookie}`,
      ],
      ...['Accept: text/html', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Site: same-origin'],
      ...['Sec-Fetch-Site: cross-site', 'Origin: http://localhost', 'Origin: null', 'Origin: https://evil.example'],
      ...[
        'X-Forwarded-For: 10.0.0.1',
        'X-Forwarded-Host: evil.example',
        'X-Original-URL: /open/x',
        'X-Forwarded-User: omar',
      ],
      ...['X-HTTP-Method-Override: GET', 'X-Gatewarden-Assertion: e30.e30.', 'Host: evil.example', 'Host: localhost.'],
    ];
  });
  after(() => site[Symbol.asyncDispose]());

  const parts = fc.record({
    method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'),
    path: fc.constantFrom(
      '/open/x',
      '/tasks',
      '/x',
      '/open;x',
      '/%6fpen/x',
      '/OPEN/x',
      '//open',
      '/open/../x',
      '/_gatewarden2',
    ),
    at: fc.uniqueArray(fc.nat({ max: 26 }), { maxLength: 4 }),
  });

  /** All of the answer that a decision says. */
  function decision({ status, text }: Heard): readonly unknown[] {
    const told = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
    const location = told(/^location: (.*)\r$/im);
    return [
      status,
      told(/"code":"(\w+)"/),
      location,
      told(/^www-authenticate: (.*)\r$/im),
      told(/^set-cookie: (.*)\r$/im),
    ];
  }

  it('is decided on alike in both modes, down to the code, the location and the cookie', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(parts, async ({ method, path, at }) => {
        const head = [
          ...at.map((index) => lines[index] ?? ''),
          ...(/^(POST|PUT)$/.test(method) ? ['Content-Length: 0'] : []),
        ];
        const request = requestOf(
          path,
          head.filter((line) => line !== ''),
          method,
        );
        const [proxy, middleware] = [await send(site.gateway, request), await send(site.protect, request)];
        seen.set(proxy.status, (seen.get(proxy.status) ?? 0) + 1);
        if (proxy.status === 200 && expressRefuses(path)) return equal(middleware.status, 400);
        deepEqual(decision(middleware), decision(proxy));
        deepEqual(
          middleware.received.map(({ user }) => user),
          proxy.received.map(({ user }) => user),
        );
      }),
      { numRuns: 400 },
    );
    for (const status of [200, 303, 400, 401, 403, 421])
      ok((seen.get(status) ?? 0) > 5, `${status}: ${seen.get(status)}`);
  });
});
