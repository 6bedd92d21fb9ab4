import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import { type TestGate, testGate } from 'gatewarden/testing';
import { portOf } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';
import { type Besieged, besieged } from './fronts.ts';
import { bearerOf, requestOf, send } from './raw.ts';
import { harmless, readInSeveralWays, spellings } from './spelled-paths.ts';

const rules = `
  public read /assets/**
  admin  *    /admin/**
  user   *    /home/:self/**
  viewer read /office/**  network=10.0.0.0/8
  viewer *    /deploy/**  scope=deploy:write
  viewer *    /**
`;

const shapes = ['a', '/', '/.', ';', '%2e', '%61', '/A', '%25', '..;/', '%c3%a9', '//x;y.%20'];
const longPath = (shape: string): string => `/assets/${shape.repeat(100_000 / shape.length)}`;

const named = (target: string): string => JSON.stringify(target);

describe('a path that is spelled so that the upstream may read another', () => {
  let site: Besieged;
  let mallory: string;

  before(async () => {
    site = await besieged({ rules, scopes: 'deploy:write=operator' });
    mallory = await bearerOf(site.gate, 'mallory');
  });
  after(() => site[Symbol.asyncDispose]());
  const fronts = () => [site.gateway, site.protect];

  for (const [target, status] of spellings) {
    it(`${named(target)} gets a user nowhere: ${status}`, async () => {
      for (const front of fronts()) {
        const heard = await send(front, requestOf(target, [mallory]));
        deepEqual([front.name, heard.statuses, heard.received], [front.name, [status], []]);
      }
    });
  }

  for (const [target] of spellings) {
    it(`${named(target)} gets somebody who is not signed in nowhere`, async () => {
      for (const front of fronts()) {
        const { statuses, received } = await send(front, requestOf(target));
        deepEqual([statuses.length, statuses[0] === 400 || statuses[0] === 401, received], [1, true, []], front.name);
      }
    });
  }

  for (const target of readInSeveralWays) {
    it(`${named(target)} arrives in the same bytes where every reading is allowed`, async () => {
      const heard = await send(site.gateway, requestOf(target, [mallory]));
      deepEqual([heard.status, heard.received.map(({ url }) => url)], [200, [target]]);
      const inExpress = await send(site.protect, requestOf(target, [mallory]));
      deepEqual([inExpress.status, inExpress.received], [400, []]);
    });
  }

  for (const target of harmless) {
    it(`${named(target)} is what it is, and arrives in the same bytes`, async () => {
      for (const front of fronts()) {
        const heard = await send(front, requestOf(target, [mallory]));
        deepEqual([front.name, heard.status, heard.received.map(({ url }) => url)], [front.name, 200, [target]]);
      }
    });
  }

  const notPublic = ['/x?/assets/a.css', '/assetsx', '/assets-x/y', '/x;/assets/a', '/?x=/assets/'];
  for (const target of notPublic) {
    it(`${named(target)} is not public because "/assets" stands in it`, async () => {
      for (const front of fronts()) {
        const { statuses, received } = await send(front, requestOf(target));
        deepEqual([front.name, statuses, received], [front.name, [401], []]);
      }
    });
  }

  const unmet: readonly (readonly [target: string, what: string, more?: string])[] = [
    ['/home/alice', "somebody else's name"],
    ['/home/alice/x', "somebody else's name"],
    ['/home/MALLORY', 'a name that is theirs in another case only'],
    ['/home/mallory;x/y', 'a name that is theirs only without its params'],
    ['/home//alice', "somebody else's name behind an empty one"],
    ['/office/x', 'a network that they are not in'],
    ['/office/x', 'a network that they say they are in', 'X-Forwarded-For: 10.0.0.1'],
    ['/deploy/x', 'a scope that they do not hold'],
  ];
  for (const [target, what, more] of unmet) {
    it(`${what} in ${target}${more ? ` with ${more}` : ''} is refused, though a later rule would let them pass`, async () => {
      for (const front of fronts()) {
        const { statuses, received } = await send(front, requestOf(target, more ? [mallory, more] : [mallory]));
        deepEqual([front.name, statuses, received], [front.name, [403], []]);
      }
    });
  }

  for (const shape of shapes) {
    it(`100 kB of ${named(shape)} are more than either takes, and the next request is answered`, async () => {
      for (const front of fronts()) {
        const { statuses, received } = await send(front, requestOf(longPath(shape), [mallory]));
        deepEqual([front.name, statuses, received], [front.name, [431], []]);
        equal((await send(front, requestOf('/assets/a.css'))).status, 200);
      }
    });
  }
});

/** More than a few steps for each character, and these would take minutes. */
describe('100 kB of a path, where the application has told Node to take them', () => {
  let gate: TestGate;
  let server: Server;

  before(async () => {
    gate = await testGate({ rules, scopes: 'deploy:write=operator' });
    const app = express();
    app.use(gate.gate.protect());
    app.use((_req, res) => void res.end('reached'));
    server = createServer({ maxHeaderSize: 200_000 }, app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.close();
    await gate.gate.close();
  });

  for (const shape of shapes) {
    it(`are judged: ${named(shape)}`, async () => {
      const heard = await rawRequest(portOf(server), requestOf(longPath(shape)));
      equal(['200', '400', '401'].includes(heard.slice(9, 12)), true, heard.slice(0, 200));
    });
  }
});

describe('ENCODED_SLASHES=refuse', () => {
  let site: Besieged;
  before(async () => {
    site = await besieged({ rules: 'public * /**', encodedSlashes: 'refuse' });
  });
  after(() => site[Symbol.asyncDispose]());

  for (const target of ['/a%2fb', '/a%2Fb', '/a%5cb', '/a%252fb', '/a%255cb']) {
    it(`${named(target)} is refused, on public paths too`, async () => {
      const { statuses, received } = await send(site.gateway, requestOf(target));
      deepEqual([statuses, received], [[400], []]);
    });
  }
});
