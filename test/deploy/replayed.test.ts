import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { identityNames, spellingsOf } from '../attacks/identity-names.ts';
import { harmless, spellings } from '../attacks/spelled-paths.ts';
import { asker } from '../gateway/forward-auth.ts';
import { gatewayTo, type TestGateway } from '../gateway/started.ts';
import { envoy, type Line, type Outcome, type Replayed, traefik } from './replayed.ts';

const secret = 'the-secret-of-the-front-proxy';
const host = 'wiki.example.com';
const rules = 'public read /assets/**\npublic * /open/**\nadmin * /admin/**\nviewer * /**';
const marker = 'ev1l';

let gateway: TestGateway;
let mallory: Line;
let token: string;
before(async () => {
  const proxy = { trustedProxies: ['127.0.0.1/32'], proxySecret: secret };
  const identityHeaders = 'x-forwarded,remote,x-auth-request,x-authentik';
  const options = { ...proxy, rules, identityHeaders, publicUrl: `https://${host}` };
  gateway = await gatewayTo('http://127.0.0.1:1', { options });
  const { authorization } = await gateway.bearer('mallory');
  mallory = ['Authorization', authorization];
  token = authorization.replace('Bearer ', '');
});
after(() => gateway[Symbol.asyncDispose]());

const fronts: readonly (readonly [name: string, replay: Replayed])[] = [
  ['Traefik', traefik(secret)],
  ['Envoy', envoy(secret)],
];

for (const [name, replay] of fronts) {
  describe(`forward-auth as ${name} asks, with the shipped file`, () => {
    const ask = (target: string, lines: readonly Line[] = [], method = 'GET'): Promise<Outcome> =>
      replay(asker(gateway.port), { method, target, host, lines });
    const valuesOf = ({ forwarded = [] }: Outcome, header: string): readonly string[] =>
      forwarded.filter(([one]) => one.toLowerCase().replace(/[^a-z0-9]/g, '-') === header).map(([, value]) => value);

    test('the service is told who asks, and the client’s credentials are removed', async () => {
      const foreign: Line = ['Authorization', 'Basic dTpw'];
      const passed = await ask('/page?x=1', [['Cookie', 'theme=dark'], ['X-Gatewarden-Token', token], foreign]);
      equal(passed.status, 200);
      deepEqual(valuesOf(passed, 'x-forwarded-user'), ['mallory']);
      deepEqual([valuesOf(passed, 'cookie'), valuesOf(passed, 'authorization')], [['theme=dark'], ['Basic dTpw']]);
      for (const header of ['x-gatewarden-token', 'x-gatewarden-proxy-secret']) deepEqual(valuesOf(passed, header), []);
      const alone = await ask('/page', [mallory, ['Cookie', '__Host-gatewarden=']]);
      deepEqual([valuesOf(alone, 'authorization'), valuesOf(alone, 'cookie')], [[], []], String(alone.status));
      equal(valuesOf(passed, 'x-gatewarden-assertion').length, 1);
    });

    test('nobody on a public path is nobody', async () => {
      const { status, ...outcome } = await ask('/open/x');
      deepEqual([status, valuesOf({ status, ...outcome }, 'remote-user').join('')], [200, '']);
    });

    test('a navigation is sent to the sign-in page by an absolute URL, and programs get a 401', async () => {
      const { answer } = await ask('/page', [
        ['Accept', 'text/html'],
        ['Sec-Fetch-Mode', 'navigate'],
      ]);
      const location = `https://${host}/_gatewarden/login?next=%2Fpage`;
      deepEqual([answer?.status, answer?.headers.location], [302, location]);
      const program = await ask('/page');
      equal(program.status, 401);
      match(String(program.answer?.headers['www-authenticate']), /Bearer/);
    });

    test('the method of the request counts', async () => {
      const origin: Line = ['Origin', 'https://evil.example'];
      equal((await ask('/assets/a.css', [], 'POST')).status, 401);
      equal((await ask('/assets/a.css')).status, 200);
      equal((await ask('/page', [mallory, origin], 'DELETE')).status, 200, 'a token needs no Origin');
    });

    test('no spelling of a forbidden path passes, and paths that only look so do', async () => {
      const sendable = spellings.filter(
        ([target]) => target.startsWith('/') && !/[\s#\u0001-\u001f\u007f-\u00ff]/.test(target),
      );
      for (const [target, status] of sendable) equal((await ask(target, [mallory])).status, status, target);
      for (const target of harmless) equal((await ask(target, [mallory])).status, 200, target);
    });

    test('no identity header of a client reaches the service, in any spelling', async () => {
      for (const header of identityNames) {
        for (const spelled of spellingsOf(header)) {
          for (const [target, lines, user] of [
            ['/closed', [mallory], 'mallory'],
            ['/open/x', [], ''],
          ] as const) {
            const outcome = await ask(target, [...lines, [spelled, marker]]);
            equal(outcome.status === 200 || outcome.status === 400, true, `${spelled}: ${outcome.status}`);
            if (outcome.status === 400) continue;
            equal(JSON.stringify(outcome.forwarded).includes(marker), false, spelled);
            for (const field of ['x-forwarded-user', 'remote-user', 'x-auth-request-user', 'x-authentik-username'])
              equal(valuesOf(outcome, field).join(''), user, `${spelled} as ${field}`);
          }
        }
      }
    });
  });
}
