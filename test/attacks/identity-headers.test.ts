import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { rawRequest } from '../support/http.ts';
import { type Besieged, besieged, type Received } from './fronts.ts';
import { identityNames as names, spellingsOf as spellings } from './identity-names.ts';
import { bearerOf, requestOf, send } from './raw.ts';

const presets = 'x-forwarded,remote,x-auth-request,x-authentik';
const marker = 'ev1l';

const holds = ({ rawHeaders }: Received, text: string): boolean => JSON.stringify(rawHeaders).includes(text);

/** Values of all headers that a service may read under this name, however it spells it. */
const valuesOf = ({ rawHeaders }: Received, name: string): string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase().replace(/[._]/g, '-') === name);

for (const trusted of [false, true]) {
  describe(`headers that tell who asks, from ${trusted ? 'a trusted proxy' : 'a client'}`, () => {
    let site: Besieged;
    let zoe: string;

    before(async () => {
      const options = trusted ? { trustedProxies: ['127.0.0.0/8'], publicUrl: 'http://localhost' } : {};
      site = await besieged({ identityHeaders: presets, rules: 'public * /open; user * /**', ...options });
      zoe = await bearerOf(site.gate, 'zoe');
    });
    after(() => site[Symbol.asyncDispose]());

    /** Sends the lines to a closed and to an open path, to every front; those that were let through told the truth. */
    async function nobodyIsFooled(lines: readonly string[]): Promise<void> {
      for (const front of site.fronts) {
        for (const [path, auth, user] of [
          ['/closed', [zoe], 'zoe'],
          ['/open', [], ''],
        ] as const) {
          if (front.name === 'guards' && user === '') continue;
          const { status, received } = await send(front, requestOf(path, [...auth, ...lines]));
          // What a trusted proxy forwards is believed: a host that is not ours, or nothing that can be read.
          if (trusted && (status === 400 || status === 421)) continue;
          deepEqual([front.name, path, status, received.map((one) => one.user)], [front.name, path, 200, [user]]);
          if (front.name === 'gateway')
            equal(
              received.some((one) => holds(one, marker)),
              false,
              JSON.stringify(lines),
            );
        }
      }
    }

    for (const name of names) {
      it(`${name} changes nothing and does not get through, in any spelling, doubled or named in Connection`, async () => {
        for (const spelled of spellings(name)) {
          await nobodyIsFooled([`${spelled}: ${marker}`]);
          await nobodyIsFooled([`${spelled}: ${marker}`, `${name}: ${marker} too`, `Connection: ${spelled}`]);
        }
      });
    }

    it('no mixture of case and signs gets one through', async () => {
      const spelled = fc
        .tuple(
          fc.constantFrom(...names),
          fc.array(fc.constantFrom('-', '_', '.', '~', '!', '|'), { minLength: 4, maxLength: 4 }),
          fc.nat(),
        )
        .map(([name, signs, bits]) => {
          let at = 0;
          const folded = [...name].map((letter, index) =>
            (bits >> (index % 31)) & 1 ? letter.toUpperCase() : letter.toLowerCase(),
          );
          return folded.join('').replaceAll('-', () => signs[at++ % signs.length] ?? '-');
        });
      await fc.assert(
        fc.asyncProperty(spelled, async (name) => {
          const { received } = await send(site.gateway, requestOf('/closed', [zoe, `${name}: ${marker}`]));
          equal(
            received.some((one) => holds(one, marker)),
            false,
            name,
          );
        }),
        { numRuns: 200 },
      );
    });
  });
}

const clientAddress = ['CF-Connecting-IP', 'True-Client-IP', 'X-Client-IP', 'X-Cluster-Client-IP', 'Fastly-Client-IP'];

for (const trusted of [false, true]) {
  it(`a header that names the client’s address ${trusted ? 'is passed on from a trusted proxy' : 'is nobody else’s to send'}`, async () => {
    const options = trusted ? { trustedProxies: ['127.0.0.0/8'], publicUrl: 'http://localhost' } : {};
    await using site = await besieged({ rules: 'public * /open', ...options });
    for (const name of clientAddress.flatMap(spellings)) {
      const { received } = await send(site.gateway, requestOf('/open', [`${name}: ${marker}`]));
      deepEqual([name, received.map((one) => holds(one, marker))], [name, [trusted]]);
    }
  });
}

it('a single header of the settings is nobody else’s to send, in any spelling', async () => {
  await using site = await besieged({ rules: 'public * /open; user * /**', identityHeaders: 'Shiny-User=user' });
  const zoe = await bearerOf(site.gate, 'zoe');
  for (const name of spellings('Shiny-User')) {
    const { received } = await send(site.gateway, requestOf('/closed', [zoe, `${name}: ${marker}`]));
    deepEqual(
      received.map((one) => [holds(one, marker), valuesOf(one, 'shiny-user')]),
      [[false, ['zoe']]],
    );
  }
});

describe('headers that tell who asks, by another way than the usual one', () => {
  let site: Besieged;
  let zoe: string;

  before(async () => {
    site = await besieged({ identityHeaders: presets, rules: 'public * /open; user * /**' });
    zoe = await bearerOf(site.gate, 'zoe');
  });
  after(() => site[Symbol.asyncDispose]());

  const told = ['x-forwarded-user', 'remote-user', 'x-auth-request-user', 'x-authentik-username'];

  it('to be named in Connection takes none of ours away', async () => {
    const own = [...told, 'x-forwarded-groups', 'x-forwarded-for', 'x-gatewarden-assertion', 'host', 'content-length'];
    const { received } = await send(site.gateway, requestOf('/closed', [zoe, `Connection: close, ${own.join(', ')}`]));
    const [one] = received;
    equal(received.length, 1);
    for (const name of told) deepEqual(one && valuesOf(one, name), ['zoe'], name);
    for (const name of ['x-gatewarden-assertion', 'x-forwarded-for', 'host'])
      equal(one && valuesOf(one, name).length, 1);
  });

  it('are all there, once each and empty, where nobody is signed in', async () => {
    const lines = told.map((name) => `${name.replaceAll('-', '_')}: ${marker}`);
    const { received } = await send(site.gateway, requestOf('/open', lines));
    for (const name of told) deepEqual(received[0] && valuesOf(received[0], name), [''], name);
  });

  it('folded onto a second line are refused by both', async () => {
    for (const front of site.fronts) {
      const heard = await send(front, requestOf('/open', ['X-A: b', ` X-Forwarded-User: ${marker}`]));
      deepEqual([front.name, heard.status, heard.received], [front.name, 400, []]);
    }
  });

  it('in a trailer end at the gateway', async () => {
    const head = requestOf('/closed', [zoe, 'Transfer-Encoding: chunked', 'Trailer: X-Forwarded-User'], 'POST');
    const body = `1\r\nx\r\n0\r\nX-Forwarded-User: ${marker}\r\nRemote_User: ${marker}\r\n\r\n`;
    const { status, received } = await send(site.gateway, Buffer.concat([head, Buffer.from(body)]));
    deepEqual([status, received.map(({ user }) => user)], [200, ['zoe']]);
    deepEqual(
      received.map((one) => holds(one, marker) || valuesOf(one, 'trailer').length > 0),
      [false],
    );
  });

  it('that CGI would take for the address of a proxy do not get through', async () => {
    for (const name of ['Proxy', 'PROXY']) {
      const { received } = await send(site.gateway, requestOf('/open', [`${name}: http://${marker}.example`]));
      deepEqual(
        received.map((one) => holds(one, marker)),
        [false],
      );
    }
  });

  it('in an upgrade do not get through either', async () => {
    const { received } = site.gateway;
    const before = received.length;
    const lines = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    const spoofed = names.flatMap((name) => [`${name}: ${marker}`, `${name.replaceAll('-', '_')}: ${marker}`]);
    const bytes = requestOf('/closed', [zoe, ...lines, ...spoofed]).toString('latin1');
    await rawRequest(
      site.gateway.port,
      bytes.replace('Connection: close', 'Connection: Upgrade, X-Forwarded-User'),
      500,
    );
    deepEqual(
      received.slice(before).map((one) => [one.method, one.user, holds(one, marker)]),
      [['UPGRADE', 'zoe', false]],
    );
  });
});
