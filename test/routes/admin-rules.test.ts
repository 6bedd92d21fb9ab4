import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { type Site, site } from './site.ts';

const rules = `public read /health
viewer read /**
viewer GET /docs
user * /files/:self/** scope=gatewarden:write
operator POST,PUT /hooks/** network=10.0.0.0/8`;

let here: Site;
let admin: Client;
before(async () => {
  here = await site({ rules, upstream: 'http://127.0.0.1:9/base' });
  admin = await here.signedIn('ada', 'admin');
  await here.signedIn('bob', 'user');
});
after(() => here[Symbol.asyncDispose]());

const read = async (query: Record<string, string> = {}, headers: Record<string, string> = {}, by = admin) => {
  const answer = await by.send(`/auth/admin/rules?${new URLSearchParams(query)}`, { headers });
  const text = (await answer.text()).replace(/\s*<br>\s*/g, ' ');
  return { status: answer.status, text };
};

test('the rules in force stand in their order, with their lines and what they require', async () => {
  const { status, text } = await read();
  equal(status, 200);
  const rows = [...text.matchAll(/<tr>\n(<td class="number">[\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    row
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  deepEqual(rows, [
    '1 /health reading everybody',
    '2 /** reading viewer and above',
    '3 /docs GET, HEAD Never decides: line 2 matches all that it would. viewer and above',
    '4 /files/:self/** every method user and above with the scope gatewarden:write',
    '5 /hooks/** POST, PUT operator and above only from 10.0.0.0/8',
  ]);
  match(text, /where no rule matches[\s\S]*administrators only/);
});

for (const [what, query, verdict, ...others] of [
  [
    'a public rule',
    { url: '/health' },
    /The request passes\.<\/strong> The rule allows everybody/,
    /Line 1: public read \/health/,
  ],
  [
    'a role below',
    { url: '/x', as: 'viewer', method: 'POST' },
    /refused: insufficient_role/,
    /only administrators pass/,
  ],
  ['nobody', { url: '/x' }, /refused: missing_credential\.<\/strong> The rule requires viewer/],
  [
    'a user',
    { url: '/files/bob/1', method: 'PUT', as: 'bob' },
    /passes\.<\/strong> The rule requires user, and bob is user/,
    /X-Forwarded-User/,
  ],
  ['another user', { url: '/files/ada/1', method: 'PUT', as: 'bob' }, /Only the user whom the path names may do this/],
  ['the right network', { url: '/hooks/a', method: 'POST', as: 'operator', from: '10.1.2.3' }, /The request passes/],
  ['another network', { url: '/hooks/a', method: 'POST', as: 'operator' }, /This is not open to your network/],
  [
    'an admin, where no rule matches',
    { url: '/x', method: 'DELETE', as: 'admin' },
    /No rule matches, and an admin passes/,
  ],
  ['an ambiguous path', { url: '/a/%2e%2e/b' }, /refused: ambiguous_path\.<\/strong> The path has a dot segment/],
  ['two readings', { url: '/Docs', as: 'bob' }, /The request passes/],
  ['another host', { url: 'http://elsewhere.example/' }, /The host is not one that is served/],
] as const) {
  test(`what would happen with ${what} is told, with the rule`, async () => {
    const { status, text } = await read(query);
    equal(status, 200);
    for (const part of [verdict, ...others]) match(text, part);
    match(text, /Step by step/);
    const german = await read(query, { 'accept-language': 'de' });
    doesNotMatch(german.text, /\b(The|Read as|Made by|From|holds|fails|requires|Only|This is|No rule)\b/);
  });
}

for (const [what, query, problem] of [
  ['a method in small letters', { url: '/', method: 'get' }, /id="method-hint">The method is written in capitals/],
  ['a URL with an umlaut', { url: '/ü' }, /id="url-hint">A URL holds visible ASCII/],
  ['nobody of that name', { url: '/', as: 'zork' }, /id="as-hint">There is no such user/],
  ['no address', { url: '/', from: 'x' }, /id="from-hint">This is no IP address/],
] as const) {
  test(`${what} is a problem of its field`, async () => {
    const { status, text } = await read(query);
    equal(status, 400);
    match(text, problem);
    equal(text.match(/aria-invalid/g)?.length, 1);
  });
}

test('a user who may not sign in is told of, and what was typed comes back as text', async () => {
  await here.gate.users.create({ username: 'cora', role: 'user', active: false });
  match((await read({ url: '/', as: 'cora' })).text, /This user may not sign in/);
  const { text } = await read({ url: '/"><script>', as: '<b>', method: '"' });
  doesNotMatch(text, /<script>"?[^<]*<|<b>/);
  match(text, /value="&lt;b&gt;"/);
});

test('where the service is, is told', async () => {
  match((await read()).text, /Leads to http:\/\/127\.0\.0\.1:9\/base\./);
});

test('the rules of one route have an address, and operators have none of this', async () => {
  match((await read({ route: 'upstream' })).text, /Rules of upstream[\s\S]*\/health/);
  equal((await read({ route: 'none' })).status, 404);
  const operator = await here.signedIn('otto', 'operator');
  equal((await read({}, {}, operator)).status, 403);
});
