import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Besieged, besieged, own } from './fronts.ts';
import { bearerOf, requestOf, send } from './raw.ts';

const rules = 'public read /public/**\noperator * /operator/**\nviewer read /**\nuser * /**';
let site: Besieged;
let token: string;
let omars: string;
let basic: string;

before(async () => {
  site = await besieged({ rules });
  token = (await bearerOf(site.gate, 'ada')).replace('Authorization: Bearer ', '');
  omars = (await bearerOf(site.gate, 'omar', 'operator')).replace('Authorization: Bearer ', '');
  basic = `Authorization: Basic ${Buffer.from(`anything:${token}`).toString('base64')}`;
});
after(() => site[Symbol.asyncDispose]());

const isCredential = (name: string): boolean => /^(authorization|x-gatewarden-token|cookie)$/i.test(name);
const headerOf = (rawHeaders: readonly string[], name: string): string | undefined =>
  rawHeaders[rawHeaders.findIndex((one, at) => at % 2 === 0 && one.toLowerCase() === name) + 1];

describe('Basic with an API token as the password', () => {
  it('signs in a program, and never reaches the service', async () => {
    for (const front of [site.gateway, site.protect]) {
      const { status, received } = await send(front, requestOf('/x', [basic, 'User-Agent: git/2.39'], 'POST'));
      deepEqual([status, received.map(({ user }) => user)], [200, ['ada']], front.name);
    }
    const { received } = await send(site.gateway, requestOf('/x', [basic]));
    deepEqual(
      received.flatMap(({ rawHeaders }) => rawHeaders.filter((one, at) => at % 2 === 0 && isCredential(one))),
      [],
    );
  });

  const elsewhere: Readonly<Record<string, readonly string[]>> = {
    'a navigation': ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: none'],
    'a navigation of an old browser': ['Accept: text/html'],
    'a fetch of a page of the same site': ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Site: same-origin'],
    'a fetch of another site': ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Site: cross-site'],
    'a request with a foreign Origin': ['Origin: https://evil.example'],
  };
  for (const [title, lines] of Object.entries(elsewhere)) {
    it(`counts as absent on ${title}: a browser remembers it`, async () => {
      for (const front of [site.gateway, site.protect]) {
        const { status, received } = await send(front, requestOf('/x', [basic, ...lines]));
        deepEqual([status === 401 || status === 303, received], [true, []], front.name);
      }
    });
  }

  it('is no credential on our own routes', async () => {
    const { text } = await send(site.gateway, requestOf(`${own}/api/v1/session`, [basic]));
    match(text, /"authenticated":false/);
  });

  it('is refused like any bad token when it is none of ours, and never passed on', async () => {
    const bent = `Authorization: Basic ${Buffer.from(`ada:${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`).toString('base64')}`;
    for (const front of [site.gateway, site.protect]) {
      for (const path of ['/x', '/public/x']) {
        const { status, received } = await send(front, requestOf(path, [bent]));
        deepEqual([status, received], [401, []], `${front.name} ${path}`);
      }
    }
  });

  it('is withheld where the token stands in place of the name', async () => {
    const swapped = `Authorization: Basic ${Buffer.from(`${token}:x`).toString('base64')}`;
    const refused = await send(site.gateway, requestOf('/x', [swapped]));
    deepEqual([refused.status, refused.received], [401, []]);
    const shown = await send(site.gateway, requestOf('/public/x', [swapped]));
    deepEqual([shown.status, shown.received.length], [200, 1]);
    equal(shown.text.includes(token), false);
    equal(
      shown.received[0]?.rawHeaders.some((one) => /^authorization$/i.test(one)),
      false,
    );
  });
});

describe('a 401', () => {
  const agents: readonly (readonly [agent: string, method: string, offered: boolean])[] = [
    ['git/2.39.5', 'GET', true],
    ['', 'GET', true],
    ['Mozilla/5.0 (X11; Linux x86_64) Chrome/140', 'GET', false],
    ['Mozilla/5.0 (compatible) DAVx5', 'PROPFIND', true],
  ];
  for (const [agent, method, offered] of agents) {
    it(`${offered ? 'offers' : 'does not offer'} Basic for ${method} to "${agent}"`, async () => {
      const lines = agent === '' ? [] : [`User-Agent: ${agent}`];
      const { status, text } = await send(site.gateway, requestOf('/x', lines, method));
      equal(status, 401);
      match(text, /^WWW-Authenticate: Bearer/im);
      equal(/^WWW-Authenticate: Basic /im.test(text), offered);
    });
  }

  it('of our own routes never offers Basic', async () => {
    const { status, text } = await send(site.gateway, requestOf(`${own}/api/v1/tokens`, ['User-Agent: curl/8']));
    deepEqual([status, /Basic/.test(text)], [401, false]);
  });
});

describe('X-Gatewarden-Token', () => {
  it('signs in beside an Authorization of the service, which is passed on; itself it is not', async () => {
    const lines = [`X-Gatewarden-Token: ${token}`, 'Authorization: Bearer of-the-service'];
    const { status, received } = await send(site.gateway, requestOf('/x', lines));
    const [got] = received;
    deepEqual([status, got?.user], [200, 'ada']);
    equal(headerOf(got?.rawHeaders ?? [], 'authorization'), 'Bearer of-the-service');
    equal(
      got?.rawHeaders.some((one) => /^x[-_.]gatewarden[-_.]token$/i.test(one)),
      false,
    );
  });

  it('twice, empty, or anything but a token is refused', async () => {
    const bad = [
      [`X-Gatewarden-Token: ${token}`, `X-Gatewarden-Token: ${token}`],
      ['X-Gatewarden-Token: '],
      ['X-Gatewarden-Token: abc'],
      [`X-Gatewarden-Token: Bearer ${token}`],
    ];
    for (const lines of bad) {
      for (const front of [site.gateway, site.protect]) {
        const { status, received } = await send(front, requestOf('/x', lines));
        deepEqual([status, received], [400, []], `${front.name} ${lines}`);
      }
    }
  });

  it('beside a token of somebody else is refused', async () => {
    const lines = [`X-Gatewarden-Token: ${token}`, `Authorization: Bearer ${omars}`];
    const { status, received } = await send(site.gateway, requestOf('/x', lines));
    deepEqual([status, received], [400, []]);
  });

  it('beside a narrower token of the same user is worth the lower of both', async () => {
    const by = {
      principal: { kind: 'user', id: '', name: 'tests', role: 'admin', scopes: [], via: 'command' },
    } as const;
    const narrow = await site.gate.tokens.create('omar', { name: 'narrow', role: 'viewer' }, by);
    if (!narrow.ok) throw new Error(narrow.refusal.code);
    const both = [`X-Gatewarden-Token: ${omars}`, `Authorization: Bearer ${narrow.value.token}`];
    deepEqual((await send(site.gateway, requestOf('/operator/x', [both[0] ?? '']))).status, 200);
    for (const lines of [both, [`X-Gatewarden-Token: ${narrow.value.token}`, `Authorization: Bearer ${omars}`]]) {
      const { status, received } = await send(site.gateway, requestOf('/operator/x', lines));
      deepEqual([status, received], [403, []]);
    }
  });
});
