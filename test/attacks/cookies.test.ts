import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { cookieIn } from './attacker.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
let other: Besieged;
let cookie: string;
let foreign: string;
before(async () => {
  here = await besieged();
  other = await besieged();
  for (const installation of [here, other]) await installation.addUser('ada', { role: 'admin' });
  cookie = await here.gateway.signIn('ada');
  foreign = await other.gateway.signIn('ada');
});
after(async () => {
  await here[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

const swapped = (text: string, at: number) =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
const valueIn = (pair: string) => pair.slice(pair.indexOf('=') + 1);
const idIn = (value: string) => decodeURIComponent(value).slice(2).split('.')[0] ?? '';

/** Each is made of a good value, in which nothing is wrong but this. */
const bent: Readonly<Record<string, (good: string) => string>> = {
  'one letter of the id changed': (good) => swapped(good, 6),
  'one letter of the signature changed': (good) => swapped(good, good.length - 2),
  'the last letter cut off': (good) => good.slice(0, -1),
  'the signature cut off': (good) => `s%3A${idIn(good)}`,
  'the signature empty': (good) => `s%3A${idIn(good)}.`,
  'the id empty': (good) => `s%3A.${good.split('.')[1]}`,
  'the id alone, unsigned': (good) => idIn(good),
  'a letter added': (good) => `${good}A`,
  'padding added': (good) => `${good}%3D`,
  'encoded once more': (good) => encodeURIComponent(good),
  'in quotes': (good) => `"${good}"`,
  'as JSON': (good) => `j%3A%7B%22id%22%3A%22${idIn(good)}%22%7D`,
  'without its mark': (good) => good.replace('s%3A', ''),
  'the mark in upper case': (good) => good.replace('s%3A', 'S%3A'),
  'nothing at all': () => '',
  __proto__: () => '__proto__',
  'signed with the key of another installation': () => valueIn(foreign),
  'a malformed escape at its end': (good) => `${good}%`,
  'exactly 4 kB': () => 'a'.repeat(4096),
};

const unreadable: Readonly<Record<string, (good: string) => string>> = {
  'NUL at its end': (good) => `${good}%00`,
  'NUL in its middle': (good) => `${good.slice(0, 20)}%00${good.slice(20)}`,
  'a line break in it': (good) => `${good}%0d%0a`,
  'more than 4 kB': () => 'a'.repeat(4097),
  '8 kB behind it': (good) => good + 'a'.repeat(8000),
};

describe('a session cookie', () => {
  for (const [code, status, kinds] of [
    ['invalid_token', 401, bent],
    ['malformed_credential', 400, unreadable],
  ] as const) {
    for (const [title, bend] of Object.entries(kinds)) {
      test(`with ${title} is nobody’s: ${code}`, async () => {
        const headers = { cookie: `gatewarden=${bend(valueIn(cookie))}` };
        for (const front of here.fronts) {
          front.forget();
          for (const target of ['/private', '/operator/x', `${own}/api/v1/session`, `${own}/api/v1/users`]) {
            const reply = await front.ask(target, { headers });
            deepEqual([target, reply.status, reply.code], [target, status, code]);
          }
          deepEqual(front.seen, []);
        }
      });
    }
  }

  for (const [title, bend] of Object.entries(bent)) {
    test(`with ${title} is taken from the browser, and public pages are shown without it`, async () => {
      const headers = { cookie: `gatewarden=${bend(valueIn(cookie))}` };
      for (const front of [here.protect, here.gateway]) {
        front.forget();
        const shown = await front.ask('/public/x', { headers });
        deepEqual([shown.status, front.seen], [200, [{ method: 'GET', target: '/public/x', user: '' }]]);
        const signIn = await front.ask(`${own}/login`, { headers });
        equal(signIn.status, 200);
        for (const reply of [shown, signIn]) match(reply.setCookie.join(), /^gatewarden=; Path=\/; Max-Age=0/);
      }
    });
  }

  const twice: Readonly<Record<string, (good: string) => string>> = {
    'the attacker’s first': (good) => `gatewarden=${valueIn(foreign)}; gatewarden=${good}`,
    'the attacker’s last': (good) => `gatewarden=${good}; gatewarden=${valueIn(foreign)}`,
    'the same both times': (good) => `gatewarden=${good}; gatewarden=${good}`,
    'an empty one first': (good) => `gatewarden=; gatewarden=${good}`,
    'spaces around the name': (good) => `gatewarden=${good};  gatewarden =x`,
    'others between them': (good) => `gatewarden=${good}; a=b; c=d;gatewarden=x`,
  };
  for (const [title, make] of Object.entries(twice)) {
    test(`sent twice (tossing), ${title}: what names no live session locks nobody out`, async () => {
      for (const front of here.fronts) {
        front.forget();
        const reply = await front.ask('/private', { headers: { cookie: make(valueIn(cookie)) } });
        deepEqual([reply.status, front.seen.map(({ user }) => user)], [200, ['ada']]);
      }
    });
  }

  test('in two headers, one of another installation, is its owner’s', async () => {
    for (const front of here.fronts) {
      front.forget();
      const reply = await front.ask('/private', { headers: { cookie: [cookie, `gatewarden=${valueIn(foreign)}`] } });
      deepEqual([reply.status, front.seen.map(({ user }) => user)], [200, ['ada']]);
    }
  });

  test('two of which both live are nobody’s, and are cleared wherever they may have been set', async () => {
    await here.addUser('mallory');
    const planted = await here.gateway.signIn('mallory');
    for (const front of here.fronts) {
      front.forget();
      const headers = { cookie: `${cookie}; gatewarden=${valueIn(planted)}`, host: 'a.localhost' };
      const reply = await front.ask('/private/x', { headers });
      deepEqual([reply.status, reply.code, front.seen], [400, 'malformed_credential', []]);
      for (const where of ['Path=/; Max', 'Path=/private/x; Domain=a.localhost', 'Path=/private/; Max']) {
        equal(reply.setCookie.filter((one) => one.startsWith(`gatewarden=; ${where}`)).length, 1, where);
      }
    }
  });

  test('under a name of another spelling is nobody’s', async () => {
    const good = valueIn(cookie);
    const names = [
      'Gatewarden',
      'GATEWARDEN',
      '__Host-gatewarden',
      '__Secure-gatewarden',
      'gatewarden2',
      '$gatewarden',
    ];
    for (const name of [...names, 'connect.sid', 'gatewarden[0]', '%67atewarden']) {
      for (const front of here.fronts) {
        front.forget();
        const reply = await front.ask('/private', { headers: { cookie: `${name}=${good}` } });
        deepEqual([name, reply.status, reply.code, front.seen], [name, 401, 'missing_credential', []]);
      }
    }
  });

  test('in the query, the body, or another header is nobody’s', async () => {
    for (const front of here.fronts) {
      front.forget();
      const good = valueIn(cookie);
      equal((await front.ask(`/private?gatewarden=${good}`)).status, 401);
      equal((await front.ask('/private', { headers: { cookie2: cookie, 'x-cookie': cookie } })).status, 401);
      equal(
        (await front.ask('/private', { headers: { authorization: `Bearer ${decodeURIComponent(good)}` } })).status,
        400,
      );
      deepEqual(front.seen, []);
    }
  });

  test('with raw control bytes in it never reaches a decision', async () => {
    for (const front of here.fronts) {
      front.forget();
      for (const byte of ['\0', '\x01', '\x7f', '\r', '\n x']) {
        const lines = `Host: 127.0.0.1:${front.port}\r\nCookie: ${cookie}${byte}\r\nConnection: close`;
        match(await rawRequest(front.port, `GET /private HTTP/1.1\r\n${lines}\r\n\r\n`), /^HTTP\/1\.1 4\d\d /);
      }
      deepEqual(front.seen, []);
    }
  });

  test('of an API session, forged of its public id, is nobody’s', async () => {
    const { text } = await here.gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
    const { token } = JSON.parse(text) as { token: string };
    const listed = await here.gateway.ask(`${own}/api/v1/sessions`, { headers: { authorization: `Bearer ${token}` } });
    const { items } = JSON.parse(listed.text) as { items: { id: string }[] };
    for (const { id } of items) {
      for (const value of [id, `s%3A${id}`, `s%3A${id}.${valueIn(cookie).split('.')[1]}`]) {
        equal((await here.gateway.ask('/private', { headers: { cookie: `gatewarden=${value}` } })).status, 401);
      }
    }
  });
});

const attributesOf = (line: string) => {
  const [, ...attributes] = line.split(/;\s*/);
  return attributes.filter((one) => !/^(expires|max-age)=/i.test(one)).sort();
};

describe('signing out clears the cookie with the attributes it was set with', () => {
  const settings = {
    'on loopback': {},
    'on https': { publicUrl: 'https://app.example.com' },
    'with a domain': { publicUrl: 'https://app.example.com', cookieDomain: 'example.com' },
    'with SameSite=Strict and a name': {
      publicUrl: 'https://app.example.com',
      cookieSamesite: 'strict',
      cookieName: 'ours',
    },
    'with SameSite=None': { publicUrl: 'https://app.example.com', cookieSamesite: 'none' },
  } as const;
  for (const [title, options] of Object.entries(settings)) {
    test(title, async () => {
      await using place = await besieged(options);
      await place.addUser('ada');
      for (const front of place.fronts) {
        const isPublic = 'publicUrl' in options;
        const headers = isPublic
          ? { host: 'app.example.com', origin: 'https://app.example.com' }
          : { host: `127.0.0.1:${front.port}`, origin: front.url };
        const signedIn = await front.form(`${own}/login`, { username: 'ada', password, remember: 'true' }, headers);
        equal(signedIn.status, 303);
        const session = cookieIn(signedIn);
        const signedOut = await front.form(`${own}/logout`, {}, { ...headers, cookie: session });
        const [name] = session.split('=');
        match(signedOut.setCookie.join(), new RegExp(`^${name}=; .*Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`));
        deepEqual(attributesOf(signedOut.setCookie[0] ?? ''), attributesOf(signedIn.setCookie[0] ?? ''));
        const dead = await front.ask('/private', { headers: { host: headers.host, cookie: session } });
        deepEqual([dead.status, front.seen], [401, []]);
        deepEqual(attributesOf(dead.setCookie[0] ?? ''), attributesOf(signedIn.setCookie[0] ?? ''));
        deepEqual(
          [signedIn, signedOut, dead].map(({ setCookie }) => setCookie.length),
          [1, 1, 1],
        );
      }
    });
  }
});
