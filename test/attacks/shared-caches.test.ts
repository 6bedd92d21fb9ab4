import { deepEqual, equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../gateway/started.ts';
import { temporaryFolder } from '../support/folders.ts';
import { freePort, listening } from '../support/ports.ts';
import { type Started, start } from '../support/processes.ts';
import { program } from '../support/services.ts';

const nginx = await program('nginx');

/** nginx before a service, to spare it work: it keeps what the answer lets it keep, and as many caches do knows no `Vary`. */
const cachingProxy = (port: number, upstream: string, folder: string): string => `
user root; daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=kept:1m;
  server {
    listen 127.0.0.1:${port};
    proxy_cache kept;
    proxy_cache_key $request_uri;
    proxy_ignore_headers Vary;
    add_header X-Cache $upstream_cache_status always;
    location / { proxy_pass ${upstream}; proxy_set_header Host $http_host; }
  }
}`;

let upstream: TestUpstream;
let gateway: TestGateway;
let cache: Started;
let url: string;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const people: Record<string, Readonly<Record<string, string>>> = {};

before(async () => {
  if (nginx.path === undefined) return;
  folder = await temporaryFolder();
  upstream = await upstreamThat((req, res) => {
    const user = String(req.headers['x-forwarded-user'] ?? '');
    const allowed = {
      'cache-control': 'public, max-age=600, s-maxage=600',
      vary: 'Accept',
      // What nginx alone obeys, before everything else.
      'x-accel-expires': '600',
      expires: 'Thu, 31 Dec 2099 00:00:00 GMT',
    };
    res.writeHead(200, allowed).end(`for "${user}"`);
  });
  gateway = await gatewayTo(upstream.url);
  Object.assign(people, {
    'somebody with a cookie': await gateway.signIn('cleo'),
    'somebody with a token': await gateway.bearer('toni'),
    'a browser whose cookie is dead': { cookie: 'gatewarden=s%3Adead.x' },
  });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder.path, 'nginx.conf'), cachingProxy(port, gateway.url, folder.path));
  cache = start(nginx.path, ['-p', folder.path, '-c', 'nginx.conf', '-e', join(folder.path, 'error.log')]);
  await listening(port);
});
after(async () => {
  if (nginx.path === undefined) return;
  await cache.stop();
  for (const one of [gateway, upstream, folder]) await one[Symbol.asyncDispose]();
});

async function ask(path: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(url + path, { headers });
  return {
    cached: answer.headers.get('x-cache'),
    cookies: answer.headers.getSetCookie().length,
    text: await answer.text(),
  };
}

test('the cache keeps what nobody in particular was answered', { skip: nginx.skip }, async () => {
  deepEqual(await ask('/public/open'), { cached: 'MISS', cookies: 0, text: 'for ""' });
  deepEqual(await ask('/public/open'), { cached: 'HIT', cookies: 0, text: 'for ""' });
});

const askers = ['somebody with a cookie', 'somebody with a token', 'a browser whose cookie is dead'];
for (const [at, who] of askers.entries()) {
  test(`a cache in front of us gives nobody what ${who} was answered`, { skip: nginx.skip }, async () => {
    for (const path of [`/public/${at}`, ...(at < 2 ? [`/closed/${at}`] : [])]) {
      const own = await ask(path, people[who]);
      equal(own.text, path.startsWith('/public') && at === 2 ? 'for ""' : `for "${at === 0 ? 'cleo' : 'toni'}"`);
      const strangers = await ask(path);
      equal(strangers.cached, 'MISS');
      equal(strangers.cookies, 0);
      equal(strangers.text.includes('cleo') || strangers.text.includes('toni'), false);
    }
  });
}
