import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gatewayTo, upstreamThat, valuesOf } from '../gateway/started.ts';
import { type Browser, codeLink, type ManyHosts, manyHosts, prefix, signInAtPublicUrl } from '../support/many-hosts.ts';

const wiki = 'wiki.example.org';
const docs = 'docs.example.net';

let here: ManyHosts;
before(async () => {
  here = await manyHosts();
  for (const name of ['victim', 'attacker']) await here.addUser(name);
});
after(() => here[Symbol.asyncDispose]());

async function signedIn(username: string): Promise<Browser> {
  const browser = here.browser();
  await signInAtPublicUrl(here, browser, username);
  return browser;
}

/** Who a host takes the browser for; '' for nobody. */
async function whoAt(browser: Browser, hostname: string): Promise<string> {
  const { status, text } = await browser.go(`${here.at(hostname)}/`);
  return status === 200 ? (text.split(' ').at(-1) ?? '') : '';
}

const sessionsAt = ({ cookies }: Browser, hostname: string) =>
  cookies.filter(({ name, domain }) => domain === hostname && name === '__Host-gatewarden');

test('a link with the code of another one’s sign-in signs nobody in: in a browser that was not sent, and in one that was', async () => {
  const attacker = await signedIn('attacker');
  const victim = here.browser();
  const { status, text } = await victim.go(await codeLink(here, attacker, wiki));
  equal(status, 400);
  match(text, /You are not signed in here yet/);
  const started = here.browser();
  await started.go(`${here.at(wiki)}${prefix}/login?next=%2F`);
  equal((await started.go(await codeLink(here, attacker, wiki))).status, 400);
  deepEqual([await whoAt(victim, wiki), await whoAt(started, wiki)], ['', '']);
  deepEqual([sessionsAt(victim, wiki), sessionsAt(started, wiki)], [[], []]);
});

test('such a link leaves who is signed in signed in', async () => {
  const victim = await signedIn('victim');
  await victim.visit(`${here.at(wiki)}/`);
  const reply = await victim.go(await codeLink(here, await signedIn('attacker'), wiki));
  deepEqual([reply.status, reply.headers.location], [303, '/']);
  equal(await whoAt(victim, wiki), 'victim');
});

test('a code that was stolen on its way is of no use to the thief, and of none to the owner after that', async () => {
  const victim = await signedIn('victim');
  const link = await codeLink(here, victim, wiki);
  const thief = await signedIn('attacker');
  await thief.go(`${here.at(wiki)}${prefix}/login?next=%2F`);
  equal((await thief.go(link)).status, 400);
  equal(await whoAt(thief, wiki), '');
  equal((await victim.go(link)).status, 400);
  equal(await whoAt(victim, wiki), '');
});

test('a code works once: again, and 100 times at once', async () => {
  const victim = await signedIn('victim');
  const link = await codeLink(here, victim, wiki);
  const { cookies } = victim;
  const replies = await Promise.all(
    Array.from({ length: 100 }, () => {
      const same = here.browser();
      same.cookies = [...cookies];
      return same.go(link);
    }),
  );
  equal(replies.filter(({ headers }) => String(headers['set-cookie']).includes('__Host-gatewarden=s%3A')).length, 1);
  equal((await victim.go(link)).status, 400);
});

test('a code is for its host alone', async () => {
  const victim = await signedIn('victim');
  await victim.go(`${here.at(docs)}${prefix}/login?next=%2F`);
  const link = await codeLink(here, victim, wiki);
  equal((await victim.go(link.replace(wiki, docs))).status, 400);
  deepEqual(sessionsAt(victim, docs), []);
  const again = await codeLink(here, victim, wiki);
  equal((await victim.go(again.replace(wiki, 'auth.example.com'))).status, 404);
});

test('a code is over after 30 seconds, and when the clock was set back', async () => {
  const victim = await signedIn('victim');
  for (const ahead of [30_001, -600_000]) {
    const link = await codeLink(here, victim, wiki);
    here.time.ahead = ahead;
    equal((await victim.go(link)).status, 400);
    here.time.ahead = 0;
  }
  deepEqual(sessionsAt(victim, wiki), []);
});

test('a session that ended between the two hosts is not handed over', async () => {
  const ends: readonly (() => Promise<unknown>)[] = [
    () => here.gate.sessions.endAll('victim'),
    () => here.gate.users.edit('victim', { active: false }),
  ];
  for (const endIt of ends) {
    const victim = await signedIn('victim');
    const link = await codeLink(here, victim, wiki);
    await endIt();
    equal((await victim.go(link)).status, 400);
    deepEqual(sessionsAt(victim, wiki), []);
  }
  await here.gate.users.edit('victim', { active: true });
});

const binding = 'b'.repeat(43);
const strangers = [
  'https://evil.example',
  'https://evil.example.org',
  'https://wiki.example.org.evil.example',
  'https://wiki.example.org@evil.example',
  'https://evil.example/https://wiki.example.org',
  'https://wiki.example.org/',
  'https://wiki.example.org:8443',
  'https://wiki.example.org.',
  'https://WIKI.example.org',
  'https://wiki.example.org\\.evil.example',
  'http://wiki.example.org',
  '//wiki.example.org',
  'wiki.example.org',
  'javascript:alert(1)',
  'https://localhost',
  'https://auth.example.com',
  'https://wiki.example.org\r\nSet-Cookie: a=b',
  '',
];

for (const to of strangers) {
  test(`a session is not handed over to ${JSON.stringify(to)}`, async () => {
    const victim = await signedIn('victim');
    const query = new URLSearchParams({ to, binding, next: '/' });
    const { status, headers } = await victim.go(`${here.at('auth.example.com')}${prefix}/hand-over?${query}`);
    deepEqual([status, headers.location, headers['set-cookie']], [400, undefined, undefined]);
    const nobody = await here.browser().go(`${here.at('auth.example.com')}${prefix}/hand-over?${query}`);
    deepEqual([nobody.status, nobody.headers.location], [400, undefined]);
    const login = new URLSearchParams({ next: `${prefix}/hand-over?${query}` });
    const form = await here.browser().go(`${here.at('auth.example.com')}${prefix}/login?${login}`);
    match(String(form.headers['content-security-policy']), /form-action 'self';/);
  });
}

test('two hosts in one link, and a binding that is none, lead nowhere', async () => {
  const victim = await signedIn('victim');
  const at = `${here.at('auth.example.com')}${prefix}/hand-over`;
  const to = encodeURIComponent(here.at(wiki));
  for (const query of [
    `to=${to}&to=${to}&binding=${binding}`,
    `to[]=${to}&binding=${binding}`,
    `to=${to}`,
    `to=${to}&binding=short`,
    `to=${to}&binding=${binding}&binding=${binding}`,
    `to=${to}&binding=${'b'.repeat(32_000).slice(0, 12_000)}`,
  ])
    equal((await victim.go(`${at}?${query}`)).status, 400, query.slice(0, 80));
});

for (const next of [
  '//evil.example',
  'https://evil.example/',
  '/\\evil.example',
  '/%2f/evil.example',
  '/..//evil.example',
]) {
  test(`${next} is no page of the host`, async () => {
    const victim = await signedIn('victim');
    const query = new URLSearchParams({ to: here.at(wiki), binding, next });
    const handed = await victim.go(`${here.at('auth.example.com')}${prefix}/hand-over?${query}`);
    match(
      String(handed.headers.location),
      /^https:\/\/wiki\.example\.org\/_gatewarden\/hand-over\/redeem\?code=\w{43}$/,
    );
    const trail = await victim.visit(`${here.at(wiki)}${prefix}/login?next=${encodeURIComponent(next)}`);
    equal(trail.at(-1)?.url, `${here.at(wiki)}/`);
  });
}

test('a frame, a script and an image get no code, not even one that they cannot read', async () => {
  const victim = await signedIn('victim');
  const query = new URLSearchParams({ to: here.at(wiki), binding, next: '/' });
  for (const dest of ['iframe', 'frame', 'embed', 'object', 'image', 'script', 'empty', 'serviceworker']) {
    const reply = await victim.go(`${here.at('auth.example.com')}${prefix}/hand-over?${query}`, {
      'sec-fetch-dest': dest,
    });
    deepEqual([reply.status, reply.headers.location], [403, undefined], dest);
  }
});

test('codes are given out at PUBLIC_URL alone, and to no host where each has a sign-in of its own', async () => {
  const victim = await signedIn('victim');
  await victim.visit(`${here.at(docs)}/`);
  const query = new URLSearchParams({ to: here.at(wiki), binding, next: '/' });
  equal((await victim.go(`${here.at(docs)}${prefix}/hand-over?${query}`)).status, 421);
  const link = await codeLink(here, victim, wiki);
  here.mode = 'each-host';
  const late = [await victim.go(`${here.at('auth.example.com')}${prefix}/hand-over?${query}`), await victim.go(link)];
  here.mode = 'public-url';
  deepEqual(
    late.map(({ status }) => status),
    [400, 404],
  );
});

test('no URL on the way has a secret of the browser or the session', async () => {
  const victim = await signedIn('victim');
  const urls = (await victim.visit(`${here.at(wiki)}/`)).map(({ url }) => url).join('\n');
  ok(victim.cookies.length >= 3);
  for (const { value } of victim.cookies) {
    const id = decodeURIComponent(value).replace(/^s:/, '').split('.')[0] ?? '';
    ok(id.length >= 40 && !urls.includes(id));
  }
});

test('another sign-in that the browser had at the host is over after the hand-over', async () => {
  const browser = await signedIn('attacker');
  await browser.visit(`${here.at(wiki)}/`);
  const [old] = sessionsAt(browser, wiki);
  const link = await codeLink(here, await boundLike(browser), wiki);
  equal((await browser.go(link)).status, 303);
  equal(await whoAt(browser, wiki), 'victim');
  const before = here.browser();
  before.cookies = old === undefined ? [] : [old];
  equal(await whoAt(before, wiki), '');
});

/** A browser in which the victim is signed in, with the binding that another one has. */
async function boundLike({ cookies }: Browser): Promise<Browser> {
  const browser = await signedIn('victim');
  browser.cookies.push(...cookies.filter(({ name }) => name.endsWith('hand-over')));
  return browser;
}

test('the service behind a host neither sees the cookie that binds the browser nor sets it', async () => {
  const names = ['__Host-gatewarden-hand-over', 'gatewarden-hand-over'];
  await using upstream = await upstreamThat((_req, res) => {
    for (const name of names) res.appendHeader('Set-Cookie', `${name}=${'a'.repeat(43)}; Path=/`);
    res.appendHeader('Set-Cookie', 'theirs=1').end();
  });
  await using gateway = await gatewayTo(upstream.url);
  const cookie = [...names.map((name) => `${name}=${'b'.repeat(43)}`), 'theirs=2'].join('; ');
  const answer = await fetch(`${gateway.url}/public/`, { headers: { cookie } });
  deepEqual(answer.headers.getSetCookie(), ['theirs=1']);
  const [seen] = upstream.seen;
  deepEqual(seen && valuesOf(seen, 'cookie'), ['theirs=2']);
});
