import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { identityNames, spellingsOf } from '../attacks/identity-names.ts';
import { harmless, spellings } from '../attacks/spelled-paths.ts';
import { principal, rulesOf } from '../request/authorize/known.ts';
import { everyReader, permits, target } from '../request/authorize/readers.ts';
import type { Started } from '../support/processes.ts';
import { type FrontProxy, frontProxy, type Heard, host, type Setup } from './front-proxy.ts';
import { type Received, valuesOf } from './service.ts';

const rules = 'public read /assets/**\npublic * /open/**\nadmin * /admin/**\nviewer * /**';
const userOf = {
  'x-forwarded': 'x-forwarded-user',
  remote: 'remote-user',
  'x-auth-request': 'x-auth-request-user',
  'x-authentik': 'x-authentik-username',
} as const;
type IdentityPreset = keyof typeof userOf;
const every: readonly IdentityPreset[] = ['x-forwarded', 'remote', 'x-auth-request', 'x-authentik'];
const marker = 'ev1l';

const holds = ({ rawHeaders, trailers }: Received, text: string): boolean =>
  JSON.stringify([rawHeaders, trailers]).includes(text);

type Case = Readonly<{
  skip: string | false;
  launch: (setup: Setup) => Promise<Started>;
  /** The path arrives as it was sent. Otherwise the front proxy may write it anew before it asks. */
  keepsBytes: boolean;
  /** The presets of IDENTITY_HEADERS that the sample sets. Default: all. */
  presets?: readonly IdentityPreset[];
  /** Headers that no service reads, and that the front proxy removes by name only. */
  unnamed?: readonly string[];
}>;

/** Throws the attacks at a real front proxy with the shipped configuration: nothing of them reaches the service. */
export function attackedFrontProxy(
  name: string,
  { skip, launch, keepsBytes, unnamed = [], presets = every }: Case,
): void {
  describe(`attacks on forward-auth behind ${name}`, { skip }, () => {
    let front: FrontProxy;
    let mallory: string;
    let cookie: string;

    before(async () => {
      front = await frontProxy(launch, { rules, identityHeaders: presets.join(',') });
      mallory = `Authorization: ${(await front.gateway.bearer('mallory')).authorization}`;
      cookie = await front.signIn('cora');
    });
    after(() => front[Symbol.asyncDispose]());

    /** Caddy answers for a host that it does not serve with nothing. */
    const refused = ({ status, text, received }: Heard, what: string): void => {
      const isNothing = status === 200 && text === '';
      deepEqual([what, isNothing || (status >= 400 && status < 500), received], [what, true, []], `${what}: ${status}`);
    };

    it('no spelling of a forbidden path gets anywhere, signed in or not', async () => {
      for (const [path] of spellings) {
        refused(await front.ask(path, [mallory]), path);
        refused(await front.ask(path), path);
      }
    });

    it('paths that only look forbidden arrive as they were sent', async () => {
      for (const path of harmless) {
        const { status, received } = await front.ask(path, [mallory]);
        equal(status, 200, path);
        if (keepsBytes)
          deepEqual(
            received.map((one) => one.target),
            [path],
          );
      }
    });

    it('what arrives was judged in every reading of it', async () => {
      const table = rulesOf(rules);
      const who = principal('user', 'mallory');
      let [allowed, denied] = [0, 0];
      await fc.assert(
        fc.asyncProperty(target, async (path) => {
          const { status, received } = await front.ask(path, [mallory]);
          equal(received.length, status === 200 ? 1 : 0, `${status}`);
          for (const one of received) {
            const stricter = everyReader.find(({ read, folds }) => !permits(table, read(one.target), folds, who));
            equal(stricter?.name, undefined, `${path} arrived as ${one.target}`);
          }
          if (status === 200) allowed += 1;
          else denied += 1;
        }),
        { numRuns: 80 },
      );
      ok(allowed > 10 && denied > 10, `${allowed} allowed, ${denied} refused`);
    });

    it('no identity header of a client arrives, in any spelling, doubled or named in Connection', async () => {
      for (const header of identityNames.filter((one) => !unnamed.includes(one))) {
        for (const spelled of spellingsOf(header)) {
          await nobodyIsFooled([`${spelled}: ${marker}`, `${header}: ${marker} too`]);
          await nobodyIsFooled([`${spelled}: ${marker}`, `Connection: close, ${spelled}`]);
        }
      }
    });

    it('nor does one in a trailer', async () => {
      const chunked = ['Transfer-Encoding: chunked', 'Trailer: X-Forwarded-User', 'TE: trailers'];
      const head = [`POST /open/x HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...chunked].join('\r\n');
      const { received } = await front.send(`${head}\r\n\r\n1\r\nx\r\n0\r\nX-Forwarded-User: ${marker}\r\n\r\n`);
      for (const one of received) equal(holds(one, marker), false);
    });

    /** Sends the lines to a closed and to an open path: what passes tells who asks. */
    async function nobodyIsFooled(lines: readonly string[]): Promise<void> {
      for (const [path, auth, user] of [
        ['/closed', [mallory], 'mallory'],
        ['/open/x', [], ''],
      ] as const) {
        const { status, received } = await front.ask(path, [...auth, ...lines]);
        equal(status === 200 || status === 400, true, `${status}: ${lines}`);
        for (const one of received) {
          deepEqual([lines, holds(one, marker)], [lines, false]);
          for (const preset of every) {
            const told = presets.includes(preset) ? user : '';
            deepEqual([lines, preset, valuesOf(one, userOf[preset]).join('')], [lines, preset, told]);
          }
        }
      }
    }

    it('the client’s credentials of ours do not arrive, and others do', async () => {
      const both = await front.ask('/page', [`Cookie: theme=dark; ${cookie}; lang=en`, 'Authorization: Basic dTpw']);
      const [one] = both.received;
      ok(one, `${both.status} ${both.text}`);
      deepEqual(valuesOf(one, 'cookie'), ['theme=dark; lang=en']);
      deepEqual(valuesOf(one, 'authorization'), ['Basic dTpw']);
      const token = mallory.replace('Authorization: Bearer ', '');
      for (const lines of [[`Cookie: ${cookie}`], [mallory], [`X-Gatewarden-Token: ${token}`]]) {
        const { received } = await front.ask('/page', lines);
        equal(received.length, 1);
        for (const request of received) {
          equal(
            ['cookie', 'authorization', 'x-gatewarden-token'].flatMap((name) => valuesOf(request, name)).join(''),
            '',
          );
          equal(holds(request, front.setup.secret), false);
        }
      }
    });

    it('clients cannot ask forward-auth, nor say what the original request was', async () => {
      const named = ['X-Original-URI: /open/x', 'X-Original-Method: GET', `X-Forwarded-Host: ${host}`];
      const uri = ['X-Forwarded-Uri: /open/x', 'X-Forwarded-Method: GET'];
      for (const path of ['nginx', 'caddy', 'traefik', 'envoy/open/x', 'envoy']) {
        for (const prefix of ['/_gatewarden/verify', '/_gatewarden/%76erify', '/_gatewarden//verify']) {
          const { status, headers } = await front.ask(`${prefix}/${path}`, [mallory, ...named, ...uri]);
          deepEqual([status >= 400 && status < 500, headers.get('x-gatewarden-assertion')], [true, undefined], path);
        }
      }
      refused(await front.ask('/admin', [mallory, ...named, ...uri]), 'X-Original-URI');
      refused(await front.ask('/page', [...named, ...uri]), 'X-Forwarded-Uri');
    });

    it('other hosts, methods and frames are nobody’s', async () => {
      deepEqual((await front.ask('/open/x', ['Host: evil.example'])).received, []);
      refused(await front.ask('/open/x', [`Host: ${host}`, 'Host: evil.example']), 'two hosts');
      for (const one of (await front.ask('http://evil.example/open/x')).received)
        deepEqual(valuesOf(one, 'host'), [host]);
      const forwarded = await front.ask('/open/x', ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example']);
      deepEqual(
        forwarded.received.map((one) => valuesOf(one, 'x-forwarded-host')),
        [[host]],
      );
      refused(await front.ask('/admin', [mallory], 'TRACE'), 'TRACE');
      for (const override of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
        for (const { received } of [await front.ask('/open/x', [`${override}: DELETE`], 'POST')])
          for (const one of received) equal(holds(one, 'DELETE'), false);
      }
      const crossSite = await front.ask('/page', [`Cookie: ${cookie}`, 'Origin: https://evil.example'], 'DELETE');
      deepEqual([crossSite.status, crossSite.received], [403, []]);
    });

    it('a WebSocket of another site is refused, and one of our own opens', async () => {
      const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
      const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', ...key, `Cookie: ${cookie}`];
      refused(await front.ask('/page', [...upgrade, 'Origin: https://evil.example']), 'another site');
      const { status, received } = await front.ask('/page', [...upgrade, `Origin: https://${host}`]);
      deepEqual([status, received.map((one) => valuesOf(one, 'x-forwarded-user'))], [101, [['cora']]]);
    });
  });
}
