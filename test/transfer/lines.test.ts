import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { allKinds } from '../../lib/stores/records/kinds/index.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { lineName } from '../../lib/transfer/form.ts';
import { bringIn, emptyStores, end, first, type Moving } from './moving.ts';

const ada = `{"kind":"user","id":"u_ada","username":"Ada","name_key":"ada","role":"user","state":"active","email_confirmed":false,"epoch":0,"token_epoch":0,"rights":0,"created_at":1,"updated_at":1}`;
const changed = (more: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(ada), ...more });
const userNamed = ({ records }: Moving, name: string) => records.byKey(userKind, 'name', name);

async function imported(source: string | Uint8Array) {
  const stores: Stores = await emptyStores();
  return { stores, ...(await bringIn(stores, source)) };
}

const wrong: readonly [what: string, line: string, said: RegExp][] = [
  ['what is not JSON', '{"kind":', /not a JSON object/],
  ['a list', '[1]', /not a JSON object/],
  ['a bare word', 'null', /not a JSON object/],
  ['a kind that nobody knows', '{"kind":"robot"}', /"robot".*not known/],
  ['a kind that every object has', '{"kind":"constructor"}', /not known/],
  ['no kind', '{}', /"kind" must be a text/],
  ['a field that nobody knows', changed({ admin: true }), /"admin".*does not know/],
  ['a name of a field that is not in snake case', changed({ createdAt: 1 }), /holds .*does not know/],
  ['a field within a field that nobody knows', changed({ kept: { x: 1 } }), /"kept" holds "x", which.*does not know/],
  ['a missing field', '{"kind":"fact","id":"x"}', /fact: "value" must be a text/],
  ['a number that is none', changed({ epoch: -1 }), /"epoch" must be a whole number, 0 or more/],
  ['a number with a fraction', changed({ token_epoch: 1.5 }), /"token_epoch" must be a whole number, 0 or more/],
  ['a flag that is none', changed({ email_confirmed: 'no' }), /"email_confirmed" must be true or false/],
  ['a state that is none', changed({ state: 'king' }), /"state" must be one of pending, active, disabled/],
  ['an empty id', changed({ id: '' }), /"id" must not be empty/],
  [
    'a text that is too long',
    changed({ display_name: 'x'.repeat(70_000) }),
    /"display_name" must not be longer than 65536/,
  ],
  ['a username that nobody may have', changed({ username: 'a\nb' }), /"username" must be 1 to 64/],
  ['a name key of another name', changed({ name_key: 'eve' }), /"name_key" must be "username" in lower case/],
  ['an address that is none', changed({ email: 'x' }), /"email" is not an e-mail address/],
  ['half of a character', changed({ password_hash: '\ud800' }), /"password_hash" must be Unicode/],
  ['a kept session without its time', changed({ kept: { id: 's', epoch: 1 } }), /"kept" "at" must be a whole number/],
  ['a list that is none', '{"kind":"admins","id":"admins","members":{}}', /"members" must be a list/],
  ['a prototype', `${ada.slice(0, -1)},"__proto__":{"role":"admin"}}`, /"__proto__".*does not know/],
  [
    'a list as a detail',
    '{"kind":"audit","id":"1","at":1,"event":"","actor":"","via":"","outcome":"ok","detail":{"a":[]}}',
    /"detail" "a" must be a text, a number, true or false/,
  ],
  ['a second export', first, /another export begins here/],
  ['a line of two megabytes', JSON.stringify({ kind: 'fact', id: 'x', value: 'x'.repeat(2 ** 21) }), /too long/],
];

for (const [what, line, said] of wrong) {
  test(`${what} is told with its line, and the rest is imported`, async () => {
    const { stores, problems, summary } = await imported([first, line, ada, end(2), ''].join('\n'));
    equal(problems.length, 1, JSON.stringify(problems));
    equal(problems[0]?.line, 2);
    match(problems[0]?.problem ?? '', said);
    deepEqual(summary, { created: 1, replaced: 0, unchanged: 0, problems: 1, stopped: false });
    equal((await userNamed(stores, 'ada'))?.role, 'user');
  });
}

const header = (more: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(first), ...more });

const strange: readonly [what: string, source: string, line: number, said: RegExp, created: number][] = [
  ['a file that is no export', `${ada}\n`, 1, /not an export of Gatewarden/, 0],
  ['a file of a later format', `${header({ version: 3 })}\n${ada}\n`, 1, /version 3/, 0],
  ['a file of 0.1.0', `{"format":"gatewarden-export","version":1}\n${ada}\n`, 1, /version 1, and .* reads 2/, 0],
  ['a file without a version', `${header({ version: undefined })}\n${ada}\n`, 1, /version none/, 0],
  ['a file that names no kinds', `${header({ kinds: undefined })}\n${ada}\n`, 1, /does not say which kinds/, 0],
  [
    'a file with later records',
    `${header({ kinds: { user: 99 } })}\n${ada}\n`,
    1,
    /kind "user" have the version 99/,
    0,
  ],
  ['an empty file', '', 0, /nothing in it/, 0],
  ['a file that was cut off', `${first}\n${ada}\n`, 2, /cut off/, 1],
  ['a file that lines were lost from', `${first}\n${ada}\n${end(2)}\n`, 3, /2 records.*1 are here/, 1],
];

for (const [what, source, line, said, created] of strange) {
  test(`${what} is told`, async () => {
    const { problems, summary } = await imported(source);
    deepEqual(
      problems.map((one) => one.line),
      [line],
    );
    match(problems[0]?.problem ?? '', said);
    equal(summary.created, created);
  });
}

test('bytes that are not UTF-8 are told with their line', async () => {
  const source = Buffer.concat([
    Buffer.from(`${first}\n`),
    Buffer.from([0xff, 0xfe, 10]),
    Buffer.from(`${ada}\n${end(2)}`),
  ]);
  const { problems, summary } = await imported(source);
  deepEqual([problems[0]?.line, summary.created], [2, 1]);
});

test('lines of Windows, empty lines and a byte order mark do no harm', async () => {
  const { problems, summary } = await imported(`\ufeff${first}\r\n\r\n${ada}\r\n${end(1)}\r\n`);
  deepEqual([problems, summary.created], [[], 1]);
});

test('the name of every field is the same after a line has been read', () => {
  const names = allKinds.flatMap(({ schema }) => Object.keys(schema.shape));
  const back = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  deepEqual(names.map(lineName).map(back), names);
});
