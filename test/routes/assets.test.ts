import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { assets } from '../../lib/pages/index.ts';
import { type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site({ signup: 'open' });
});
after(() => here[Symbol.asyncDispose]());

/** The answer as it is on the wire: `fetch` would decompress it. */
async function raw(path: string, acceptEncoding?: string): Promise<{ answer: IncomingMessage; body: Buffer }> {
  const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
  const [answer] = (await once(get(`${here.address}${path}`, { headers }), 'response')) as [IncomingMessage];
  return { answer, body: Buffer.concat(await answer.toArray()) };
}

const decoders: Readonly<Record<string, (body: Buffer) => Buffer>> = { br: brotliDecompressSync, gzip: gunzipSync };

for (const [accepted, expected] of [
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['br;q=0, GZIP;q=0.5', 'gzip'],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['br;q=0.000, gzip;q=0', undefined],
  ['identity', undefined],
  [undefined, undefined],
] as const) {
  test(`Accept-Encoding: ${accepted} is answered with ${expected ?? 'the file as it is'}`, async () => {
    for (const { name, body: content } of assets) {
      const { answer, body } = await raw(`/auth/assets/${name}`, accepted);
      const encoding = answer.headers['content-encoding'];
      const plain = encoding === undefined ? body : decoders[encoding]?.(body);
      deepEqual([answer.headers.vary, encoding], ['Accept-Encoding', expected], name);
      equal(answer.headers['content-length'], String(body.length));
      equal(plain?.equals(Buffer.from(content)), true, name);
    }
  });
}

test('a file may be asked for by many at once', async () => {
  await using other = await site();
  const asked = Array.from({ length: 20 }, () => fetch(`${other.address}/auth/assets/${assets[0]?.name}`));
  const bodies = await Promise.all((await Promise.all(asked)).map((answer) => answer.text()));
  equal(new Set(bodies).size, 1);
});

test('the first sign-in page is less than 30 kB over the wire, with all that it names and nothing behind that', async () => {
  const { answer, body } = await raw('/auth/login', 'gzip, br');
  const named = [...body.toString().matchAll(/(?:href|src)="(\/auth\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  equal(named.length >= 4, true);
  const files = await Promise.all([...new Set(named)].map((path) => raw(path, 'gzip, br')));
  const sizes = [{ answer, body }, ...files].map(
    (one) => one.body.length + one.answer.rawHeaders.reduce((sum, { length }) => sum + length + 2, 0),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  equal(total < 30_000, true, `${total} bytes`);
  for (const { body: file, answer: head } of files) {
    const text = decoders[head.headers['content-encoding'] ?? '']?.(file).toString() ?? file.toString();
    equal(/@import|url\(|\bimport\b/.test(text), false);
  }
});

test('the list of passwords is loaded by the pages that need it alone, when somebody types', async () => {
  const page = async (path: string) => (await raw(`/auth${path}`)).body.toString();
  const [signIn, setUp] = [await page('/login'), await page('/setup')];
  equal(/zxcvbn|guesses/.test(signIn), false);
  match(setUp, /data-scripts="\/auth\/assets\/zxcvbn-\w+\.js \/auth\/assets\/guesses-\w+\.js"/);
  equal(/<script[^>]*(zxcvbn|guesses)/.test(setUp), false);
});
