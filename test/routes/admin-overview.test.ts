import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import express from 'express';
import { testGate } from 'gatewarden/testing';
import { type Client, client } from '../support/http.ts';
import { password, site } from './site.ts';

const pageOf = async (one: Client, path = '/auth/admin', headers: Record<string, string> = {}) => {
  const answer = await one.send(path, { headers: { accept: 'text/html', ...headers } });
  return { status: answer.status, text: await answer.text() };
};

/** The great number of a chart or of a tile, by the id of its heading or the words behind it. */
const sumIn = (text: string, id: string) =>
  new RegExp(`<h2 id="${id}">[^<]*</h2>\\s*(?:<a .*</a>)?\\s*<p class="sum"><strong>([^<]*)</strong>`).exec(text)?.[1];
const tileIn = (text: string, words: string) => new RegExp(`<strong>([^<]*)</strong> <span>${words}<`).exec(text)?.[1];

test('operators and admins see what happens, and only admins what the rules decide', async (t) => {
  const here = await site();
  t.after(() => here[Symbol.asyncDispose]());
  const [root, olga, vera] = [
    await here.signedIn('ruth', 'admin'),
    await here.signedIn('olga', 'operator'),
    await here.signedIn('vera', 'user'),
  ];
  const [toRoot, toOlga] = [await pageOf(root), await pageOf(olga)];
  deepEqual([toRoot.status, toOlga.status], [200, 200]);
  match(toRoot.text, /id="rules"/);
  match(toRoot.text, /href="\/auth\/admin\/clients"><strong>/);
  doesNotMatch(toOlga.text, /id="rules"|admin\/(clients|audit)/);
  match(toRoot.text, /href="\/auth\/admin\/audit\?event=login\.failed"/);
  equal((await vera.send('/auth/admin')).status, 403);
  equal((await here.client().send('/auth/admin', { redirect: 'manual' })).status, 401);
});

test('sign-ins, failures, refusals, tokens, sessions and people who wait are counted', async (t) => {
  const here = await site({ signup: 'open' });
  t.after(() => here[Symbol.asyncDispose]());
  const root = await here.signedIn('ruth', 'admin');
  await here.signedIn('vera', 'user');
  const stranger = here.client();
  await stranger.form('/auth/login', { username: 'vera', password: 'not the password of hers' });
  await stranger.json('/auth/api/v1/signup', { username: 'pia', password });
  await stranger.send('/auth/api/v1/users');
  await stranger.send('/auth/api/v1/users', { headers: { authorization: 'Bearer gwt_nothing' } });
  const made = await here.gate.tokens.create('vera', { name: 'ci' });
  equal(made.ok, true);
  const { text } = await pageOf(root);
  deepEqual(
    ['signIns', 'failures', 'refusals', 'visitors', 'tokens', 'sessions'].map((id) => sumIn(text, id)),
    ['2', '1', '1', '1', '1', '2'],
  );
  deepEqual(
    ['users', 'waits for activation', 'active sessions', 'clients'].map((words) => tileIn(text, words)),
    ['3', '1', '2', '0'],
  );
  match(text, /<li><code>invalid_token<\/code> 1<\/li>|<li><code>malformed_credential<\/code> 1<\/li>/);
});

test('the span is one of three, and anything else is a day', async (t) => {
  const here = await site();
  t.after(() => here[Symbol.asyncDispose]());
  const root = await here.signedIn('ruth', 'admin');
  for (const [query, bars, current] of [
    ['', 24, '24 hours'],
    ['?span=7d', 28, '7 days'],
    ['?span=30d', 30, '30 days'],
    ['?span=', 24, '24 hours'],
    ['?span=7d&span=7d', 24, '24 hours'],
    ['?span=<script>', 24, '24 hours'],
  ] as const) {
    const { text } = await pageOf(root, `/auth/admin${query}`);
    equal(text.match(/aria-current="true">([^<]*)</g)?.at(-1), `aria-current="true">${current}<`);
    equal(text.match(/<h2 id="signIns">[\s\S]*?<\/svg>/)?.[0].match(/class="hit"/g)?.length, bars, query);
    doesNotMatch(text, /<script>/);
  }
  match((await pageOf(root, '/auth/admin', { 'accept-language': 'de' })).text, /<h1>Übersicht<\/h1>/);
});

test('each request that a rule decides on is counted once, with the rule', async (t) => {
  const { gate, signedInAs } = await testGate();
  t.after(() => gate.close());
  const app = express();
  app.use('/auth', gate.router());
  app.use(gate.protect({ rules: 'public read /open; operator * /a&b/**; user * /**' }));
  app.use((_req, res) => void res.send('passed'));
  const server = createServer(app).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [admin, user] = [await signedInAs('admin'), await signedInAs('user')];
  const stranger = client(address);
  await stranger.send('/open');
  await stranger.send('/anything');
  await stranger.send('/anything', { headers: user.headers });
  await stranger.send('/anything', { headers: user.headers });
  await stranger.send('/a&b/x', { headers: user.headers });
  const { text } = await pageOf(stranger, '/auth/admin', { cookie: admin.cookie });
  const rows = [
    ...text.matchAll(/<th scope="row"><code>([^<]*)<\/code>[\s\S]*?number">(\d+)<\/td><td class="number">(\d+)</g),
  ].map(([, ...cells]) => cells.join(' '));
  deepEqual(rows, ['user * /** 2 1', 'public read /open 1 0', 'operator * /a&amp;b/** 0 1']);
});
