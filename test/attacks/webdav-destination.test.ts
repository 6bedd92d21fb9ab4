import { deepEqual } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Besieged, besieged, own } from './fronts.ts';
import { bearerOf, requestOf, send } from './raw.ts';

const rules = `
  public read   /public/**
  user   *      /home/:self/**
  viewer read   /shared/**
  user   PUT    /drop/**
  admin  *      /admin/**
  admin  COPY   /vault/**
  viewer read   /**
`;
let site: Besieged;
let ada: string;
let vera: string;

before(async () => {
  site = await besieged({ rules });
  ada = await bearerOf(site.gate, 'ada');
  vera = await bearerOf(site.gate, 'vera', 'viewer');
});
after(() => site[Symbol.asyncDispose]());

const sent = (method: string, source: string, lines: readonly string[], bearer = ada) =>
  [site.gateway, site.protect].map((front) => send(front, requestOf(source, [bearer, ...lines], method)));
const to = (destination: string, ...more: string[]) => [`Destination: ${destination}`, ...more];

type Case = readonly [title: string, method: string, source: string, lines: readonly string[]];

const allowed: readonly Case[] = [
  ['a copy of one’s own', 'COPY', '/home/ada/a', to('/home/ada/b')],
  ['a move of one’s own', 'MOVE', '/home/ada/a', to('/home/ada/b')],
  ['a copy of what one may read only', 'COPY', '/shared/a', to('/home/ada/a')],
  ['a URL of this host', 'COPY', '/shared/a', to('http://localhost/home/ada/a')],
  ['a URL of this host with its port', 'COPY', '/shared/a', to('http://LOCALHOST:80/home/ada/a')],
  ['into where one may only put, overwriting nothing', 'COPY', '/shared/a', to('/drop/a', 'Overwrite: F')],
];
for (const [title, method, source, lines] of allowed) {
  it(`${title} passes`, async () => {
    for (const heard of await Promise.all(sent(method, source, lines))) {
      deepEqual([heard.statuses, heard.received.map(({ user }) => user)], [[200], ['ada']]);
    }
  });
}

const forbidden: readonly Case[] = [
  ['a copy into what one may not write', 'COPY', '/home/ada/a', to('/admin/a')],
  ['a copy into another’s home', 'COPY', '/home/ada/a', to('/home/bob/a')],
  ['a move away from what one may only read', 'MOVE', '/shared/a', to('/home/ada/a')],
  ['an overwrite where one may only put', 'COPY', '/shared/a', to('/drop/a')],
  ['a destination in another spelling', 'COPY', '/home/ada/a', to('/home/ada%2f..%2f..%2fadmin')],
  ['a destination with empty segments', 'COPY', '/home/ada/a', to('/x//admin/a')],
  ['an encoded destination', 'COPY', '/home/ada/a', to('/%61dmin/a')],
  ['a rule that names the method', 'COPY', '/vault/a', to('/home/ada/a')],
];
for (const [title, method, source, lines] of forbidden) {
  it(`${title} is refused`, async () => {
    for (const heard of await Promise.all(sent(method, source, lines))) {
      deepEqual([heard.statuses.length, heard.status === 403 || heard.status === 400, heard.received], [1, true, []]);
    }
  });
}

describe('a Destination header', () => {
  const malformed: Readonly<Record<string, readonly string[]>> = {
    'of another host': to('http://evil.example/home/ada/b'),
    'of another port': to('http://localhost:99/home/ada/b'),
    'with user information': to('http://ada@localhost/home/ada/b'),
    'with a password': to('http://ada:x@localhost/home/ada/b'),
    'of another scheme': to('ftp://localhost/home/ada/b'),
    'that begins with two slashes': to('//localhost/home/ada/b'),
    'that is relative': to('home/ada/b'),
    'that is empty': ['Destination: '],
    'with a backslash': to('http://localhost\\@evil.example/home/ada/b'),
    'with a dot segment': to('/home/ada/../../admin'),
    'with a fragment': to('/home/ada/b#/admin'),
    'that came twice': [...to('/home/ada/b'), 'destination: /admin/b'],
    'of our own pages': to(`${own}/login`),
    'that some may take for our own pages': to('/_Gatewarden/login'),
  };
  for (const [title, lines] of Object.entries(malformed)) {
    for (const method of ['COPY', 'MOVE']) {
      it(`${title} is refused on ${method}`, async () => {
        for (const heard of await Promise.all(sent(method, '/home/ada/a', lines))) {
          deepEqual([heard.statuses, heard.received], [[400], []]);
        }
      });
    }
  }

  it('of another host is refused on any method, signed in or not', async () => {
    for (const method of ['GET', 'POST', 'PROPFIND']) {
      const heard = await send(site.gateway, requestOf('/public/x', to('http://evil.example/x'), method));
      deepEqual([heard.status === 400 || heard.status === 401, heard.received], [true, []], method);
    }
    const read = await send(site.gateway, requestOf('/public/x', [vera, ...to('http://evil.example/x')]));
    deepEqual([read.status, read.received], [400, []]);
  });
});
