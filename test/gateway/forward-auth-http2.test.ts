import { equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import test from 'node:test';
import { certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { gatewayTo } from './started.ts';

test('front proxies may ask over HTTP/2 with TLS', async () => {
  await using folder = await temporaryFolder();
  const { cert: tlsCert, key: tlsKey } = await certificateIn(folder.path);
  const tls = { tlsCert, tlsKey, publicUrl: 'https://127.0.0.1' };
  await using gateway = await gatewayTo('http://127.0.0.1:1', { options: { ...tls, trustedProxies: ['127.0.0.0/8'] } });
  const { authorization } = await gateway.bearer('ada');
  const session = connect(`https://127.0.0.1:${gateway.port}`, { rejectUnauthorized: false });

  async function ask(path: string, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
    const stream = session.request({ ':path': `/_gatewarden/verify${path}`, authorization, ...headers });
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    stream.resume();
    await once(stream, 'close');
    return answer;
  }

  const named = (target: string) => ({ 'x-original-uri': target, 'x-original-method': 'GET' });
  try {
    for (const answer of [await ask('/nginx', named('/page')), await ask('/envoy/page', {})]) {
      equal(answer[':status'], 200);
      equal(answer['x-forwarded-user'], 'ada');
      ok(answer['x-gatewarden-assertion']);
    }
    equal((await ask('/nginx', named('/operator/x')))[':status'], 403);
    equal((await ask('/nginx', {}))[':status'], 400);
  } finally {
    session.close();
  }
});
