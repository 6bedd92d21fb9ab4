import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Started } from '../support/processes.ts';
import { type FrontProxy, frontProxy, host, type Setup } from './front-proxy.ts';
import { valuesOf } from './service.ts';

type Case = Readonly<{
  skip: string | false;
  launch: (setup: Setup) => Promise<Started>;
  /** The challenges of a 401 to a program. */
  challenge: RegExp;
  /** The answer to everything while Gatewarden is away. */
  away: number;
  /** The answer to a host that is not served. */
  misdirected: number;
}>;

/** Uses a real front proxy with the shipped configuration as people and programs do. */
export function forwardAuthBehind(name: string, { skip, launch, challenge, away, misdirected }: Case): void {
  describe(`forward-auth behind ${name}`, { skip }, () => {
    let front: FrontProxy;
    let ada: string;
    before(async () => {
      front = await frontProxy(launch);
      ada = await front.signIn('ada');
    });
    after(() => front[Symbol.asyncDispose]());

    test('signing in leads back, and the service is told who asks', async () => {
      const sent = await front.ask('/page?a=b', ['Accept: text/html', 'Sec-Fetch-Mode: navigate']);
      const location = `https://${host}/_gatewarden/login?next=%2Fpage%3Fa%3Db`;
      deepEqual(
        [sent.status, sent.headers.get('location'), sent.headers.get('cache-control')],
        [302, location, 'no-store'],
      );
      match(ada, /^__Host-gatewarden=/);
      const { status, received, headers } = await front.ask('/page?a=b', [`Cookie: ${ada}`]);
      const [one] = received;
      deepEqual([status, one?.target, headers.get('service-worker-allowed')], [200, '/page?a=b', undefined]);
      const told = (name: string) => (one ? valuesOf(one, name) : []);
      deepEqual(['x-forwarded-user', 'x-forwarded-groups', 'host'].map(told), [['ada'], ['user,viewer'], [host]]);
      deepEqual(['x-forwarded-proto', 'x-forwarded-for', 'x-real-ip'].map(told), [
        ['https'],
        ['127.0.0.1'],
        ['127.0.0.1'],
      ]);
      equal(told('x-gatewarden-assertion').length, 1);
    });

    test('programs get a 401 with its challenges', async () => {
      const { status, headers } = await front.ask('/page');
      equal(status, 401);
      match(headers.get('www-authenticate') ?? '', challenge);
      match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{32,36}$/);
    });

    test('a refusal has the status that Gatewarden means', async () => {
      const statusOf = async (target: string, lines: readonly string[] = []) =>
        (await front.ask(target, [`Cookie: ${ada}`, ...lines])).status;
      equal(await statusOf('/operator/x'), 403);
      equal(await statusOf('/public/..%2fx'), 400);
      equal(await statusOf('/x', ['Host: evil.example']), misdirected);
    });

    test('shared caches keep what is answered to nobody in particular, and nothing else', async () => {
      const open = await front.ask('/public/x');
      equal(open.headers.get('cache-control'), 'public, max-age=60');
      for (const cookie of [ada, '__Host-gatewarden=s%3Adead.beef']) {
        const { headers } = await front.ask('/public/x', [`Cookie: ${cookie}`]);
        match(headers.get('cache-control') ?? '', /(^|, )private($|, )/);
      }
    });

    test('long cookies pass', async () => {
      const { status, received } = await front.ask('/page', [`Cookie: ${ada}; long=${'x'.repeat(12_000)}`]);
      deepEqual([status, received.map((one) => valuesOf(one, 'cookie')[0]?.length)], [200, [12_005]]);
    });

    test('a dead cookie is cleared, with the answer of the service and with a refusal', async () => {
      for (const target of ['/public/x', '/page']) {
        const { headers } = await front.ask(target, ['Cookie: __Host-gatewarden=s%3Adead.beef']);
        match(headers.get('set-cookie') ?? '', /^__Host-gatewarden=;.*1970/, target);
      }
    });

    test('a body of a refused request reaches nobody, and one of an allowed request arrives', async () => {
      const body = ['Content-Length: 5', `Origin: https://${host}`];
      const post = (lines: readonly string[]) =>
        front.send(`POST /page HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\nhello`);
      const refused = await post(body);
      deepEqual([refused.status, refused.received], [401, []]);
      const allowed = await post([...body, `Cookie: ${ada}`]);
      deepEqual([allowed.status, allowed.received.map(({ body: sent }) => sent)], [200, ['hello']]);
    });

    test('signed out, the next request is refused', async () => {
      const cookie = await front.signIn('otto');
      equal((await front.ask('/page', [`Cookie: ${cookie}`])).status, 200);
      const form = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 0', `Origin: https://${host}`];
      equal((await front.ask('/_gatewarden/logout', [...form, `Cookie: ${cookie}`], 'POST')).status, 303);
      equal((await front.ask('/page', [`Cookie: ${cookie}`])).status, 401);
    });

    test('without Gatewarden nothing passes', async () => {
      await front.gateway.app.close();
      const { status, headers, received } = await front.ask('/public/x');
      deepEqual([status, received], [away, []]);
      if (status === 503) equal(headers.get('retry-after'), '2');
    });
  });
}
