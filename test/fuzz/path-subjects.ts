import { deepEqual, equal, ok } from 'node:assert/strict';
import { decideRules } from '../../lib/request/authorize/decide.ts';
import { readDestination } from '../../lib/request/authorize/destination.ts';
import { ruleTable } from '../../lib/request/authorize/match.ts';
import { pathOwner } from '../../lib/request/authorize/own-paths.ts';
import { cleanPath, readPath } from '../../lib/request/authorize/path.ts';
import { returnTo } from '../../lib/request/respond/return-to.ts';
import { principal, roles, rulesOf } from '../request/authorize/known.ts';
import { everyReader, permits, type Reader, units } from '../request/authorize/readers.ts';
import { incoming } from '../support/incoming.ts';
import type { Subject } from './subject.ts';

const own = '/_gatewarden';
const pieces = [
  ...units,
  ...units,
  own,
  '/_Gatewarden',
  '%5f',
  '_',
  'gatewarden',
  'login',
  'http://localhost',
  '*',
  '%ff',
  '%u0061',
  '%EF%BC%8F',
];

/** The readers take turns: which ones a text meets follows from the text. */
function readersFor(text: string): readonly Reader[] {
  let at = text.length;
  for (let index = 0; index < Math.min(text.length, 40); index += 1)
    at = (at * 31 + text.charCodeAt(index)) % 1_000_003;
  return [0, 1, 2, 3].flatMap((turn) => everyReader[(at * (turn + 1) + turn) % everyReader.length] ?? []);
}

const dotted = /(^|\/) *\.[. ]*(;[^/]*)?(\/|$)/;
const control = /[\u0001-\u001f\u007f-\u009f]/;

function checkReadings(text: string): void {
  for (const encodedSlashes of ['judge', 'refuse'] as const) {
    const read = readPath(text, { encodedSlashes });
    if (!read.ok) {
      ok(read.detail.endsWith('.'));
      continue;
    }
    ok(read.readings.filter(({ folded }) => !folded).length <= 16, 'at most 16 readings before the case');
    for (const { path } of read.readings) {
      ok(!control.test(path), `${JSON.stringify(path)} has a control character`);
      ok(!dotted.test(path), `${JSON.stringify(path)} has a dot segment`);
    }
    const clean = cleanPath(text, 0);
    if (clean !== undefined) deepEqual(new Set(read.readings.map(({ path }) => path)), new Set([clean]));
  }
}

const ruleSets = [
  'public read /public/**\nadmin * /admin/**\nviewer * /**',
  'admin * /admin/**\noperator * /secret/**\nuser * /home/:self/**\npublic read /**',
  'operator GET /*/secret\nadmin * /Admin/**\nuser read /home/:self\nviewer * /**',
].map((text) => {
  const rules = rulesOf(text);
  return { rules, table: ruleTable(rules, { encodedSlashes: 'judge' }) };
});
const askers = [principal('anony'), principal('viewer', 'bob'), principal('user', 'alice')];

/** What is allowed, a lenient service that reads the same bytes would have allowed. */
function checkDecision(text: string): void {
  const target = text.replace(/^https?:\/\/[^/#\\?]*/i, '') || '/';
  const path = target.startsWith('?') ? `/${target}` : target;
  const readers = readersFor(text);
  for (const { rules, table } of ruleSets) {
    const selection = table.select('GET', text);
    for (const who of askers) {
      if (!decideRules(selection, { principal: who, address: '', ladder: roles }).allow) continue;
      const stricter = readers.find(({ read, folds }) => !permits(rules, read(path), folds, who));
      equal(stricter?.name, undefined, `${stricter?.read(path)} is not for ${who.name || 'nobody'}`);
    }
  }
}

const ownerOf = pathOwner([own]);
const isBelowOwn = (path: string): boolean => path === own || path.startsWith(`${own}/`);

/** What counts as the upstream's, no lenient service or gateway takes for one of our own paths, unless the rules refuse it. */
function checkOwner(text: string): void {
  const owner = ownerOf(text);
  ok(owner !== 'ours' || isBelowOwn(text.split('?')[0] ?? ''));
  if (owner !== 'upstream' || !text.startsWith('/') || !readPath(text, { encodedSlashes: 'judge' }).ok) return;
  const taken = readersFor(text).find(({ read }) => isBelowOwn(read(text).toLowerCase()));
  equal(taken?.name, undefined, `reads ${taken?.read(text)}`);
}

const destinationOf = (text: string) =>
  readDestination(
    incoming({
      headers: [
        ['Host', 'localhost'],
        ['Destination', text],
      ],
    }),
  );

function checkDestination(text: string): void {
  const read = destinationOf(text);
  if (read === undefined || 'code' in read) return;
  ok(read.target.startsWith('/'), read.target);
  ok(read.site === undefined || !/[@\s\\"]/.test(read.site.host), read.site?.host);
}

const origin = 'https://app.example.com';

function checkReturn(text: string): void {
  const target = returnTo(text);
  for (const base of [`${origin}/_gatewarden/login`, origin]) {
    const url = new URL(target, base);
    equal(url.origin, origin);
    ok(!url.pathname.startsWith('//'), target);
  }
}

export const pathSubjects: readonly Subject[] = [
  {
    name: 'the readings of a path',
    pieces,
    run: (text) => readPath(text, { encodedSlashes: 'judge' }),
    check: checkReadings,
  },
  {
    name: 'the decision on a path',
    pieces,
    run: (text) => ruleSets.map(({ table }) => table.select('GET', text)),
    check: checkDecision,
  },
  { name: 'the owner of a path', pieces, run: ownerOf, check: checkOwner },
  {
    name: 'Destination',
    pieces: [...pieces, 'http://', 'https://', '@', ':80', 'evil.example', '//'],
    run: destinationOf,
    check: checkDestination,
  },
  {
    name: 'next',
    pieces: [...pieces, 'https:', 'javascript:', '//evil.example', '@', '%09', '%0a', '%5c', '\\', '?next=', '#'],
    run: returnTo,
    check: checkReturn,
  },
];
