import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { anAdmin, aToken, aUser } from '../../lib/stores/suites/records.ts';
import { exported } from '../../lib/transfer/export.ts';
import { type ImportOptions, imported, type LineProblem } from '../../lib/transfer/import.ts';
import { sealingOf } from '../../lib/transfer/sealing.ts';

const first = '{"format":"gatewarden-export","version":1}';
const ada = `{"kind":"user","id":"u_ada","username":"Ada","name_key":"ada","role":"user","state":"active","email_confirmed":false,"epoch":0,"created_at":1,"updated_at":1}`;
const end = (records: number) => `{"kind":"end","records":${records}}`;
const changed = (more: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(ada), ...more });

async function bringIn(source: string | Uint8Array, options: ImportOptions = {}) {
  const stores = await openSqlite({ memory: true });
  const problems: LineProblem[] = [];
  const parts = { store: stores.transfer, sealing: sealingOf(undefined, stores.facts) };
  const summary = await imported(
    parts,
    (async function* () {
      yield source;
    })(),
    { ...options, onProblem: (one) => problems.push(one) },
  );
  return { stores, problems, summary };
}

const wrong: readonly [what: string, line: string, said: RegExp][] = [
  ['what is not JSON', '{"kind":', /not a JSON object/],
  ['a list', '[1]', /not a JSON object/],
  ['a bare word', 'null', /not a JSON object/],
  ['a kind that nobody knows', '{"kind":"robot"}', /"robot".*not known/],
  ['a kind that every object has', '{"kind":"constructor"}', /not known/],
  ['no kind', '{}', /not known/],
  ['a field that nobody knows', changed({ admin: true }), /"admin".*does not know/],
  ['a missing field', '{"kind":"fact","name":"x"}', /fact: "value" must be a text/],
  ['a number that is none', changed({ epoch: -1 }), /"epoch" must be a whole number/],
  ['a state that is none', changed({ state: 'king' }), /"state" must be one of pending, active, disabled/],
  ['a username that nobody may have', changed({ username: 'a\nb' }), /"username" must be 1 to 64/],
  ['a name key of another name', changed({ name_key: 'eve' }), /"name_key" must be "username" in lower case/],
  ['an address that is none', changed({ email: 'x' }), /"email" is not an e-mail address/],
  ['half of a character', changed({ password_hash: '\ud800' }), /"password_hash" must be Unicode/],
  ['an ended session without its end', changed({ ended: [{ id: 's' }] }), /"ended" "until" must be a whole number/],
  ['a prototype', `${ada.slice(0, -1)},"__proto__":{"role":"admin"}}`, /"__proto__".*does not know/],
  [
    'a list as a detail',
    '{"kind":"audit","id":"1","at":1,"event":"","actor":"","via":"","outcome":"ok","detail":{"a":[]}}',
    /"detail" holds/,
  ],
  ['a second export', first, /another export begins here/],
  ['a line of two megabytes', JSON.stringify({ kind: 'fact', name: 'x', value: 'x'.repeat(2 ** 21) }), /too long/],
];

for (const [what, line, said] of wrong) {
  test(`${what} is told with its line, and the rest is imported`, async () => {
    const { stores, problems, summary } = await bringIn([first, line, ada, end(2), ''].join('\n'));
    equal(problems.length, 1, JSON.stringify(problems));
    equal(problems[0]?.line, 2);
    match(problems[0]?.problem ?? '', said);
    deepEqual(summary, { created: 1, replaced: 0, unchanged: 0, problems: 1, stopped: false });
    equal((await stores.users.byName('ada'))?.role, 'user');
  });
}

const strange: readonly [what: string, source: string, line: number, said: RegExp, created: number][] = [
  ['a file that is no export', `${ada}\n`, 1, /not an export of Gatewarden/, 0],
  ['a file of a later version', `{"format":"gatewarden-export","version":2}\n${ada}\n`, 1, /version 2/, 0],
  ['a file without a version', `{"format":"gatewarden-export"}\n${ada}\n`, 1, /version none/, 0],
  ['an empty file', '', 0, /nothing in it/, 0],
  ['a file that was cut off', `${first}\n${ada}\n`, 2, /cut off/, 1],
  ['a file that lines were lost from', `${first}\n${ada}\n${end(2)}\n`, 3, /2 records.*1 are here/, 1],
];

for (const [what, source, line, said, created] of strange) {
  test(`${what} is told`, async () => {
    const { problems, summary } = await bringIn(source);
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
  const { problems, summary } = await bringIn(source);
  deepEqual([problems[0]?.line, summary.created], [2, 1]);
});

test('lines of Windows, empty lines and a byte order mark do no harm', async () => {
  const { problems, summary } = await bringIn(`\ufeff${first}\r\n\r\n${ada}\r\n${end(1)}\r\n`);
  deepEqual([problems, summary.created], [[], 1]);
});

test('an admin who was the last may go when another one comes further down', async () => {
  const { stores } = await bringIn('');
  await stores.users.insert(anAdmin('ada'));
  const lines = [
    first,
    changed({ role: 'user' }),
    changed({ id: 'u_z', username: 'zoe', name_key: 'zoe', role: 'admin' }),
    end(2),
  ];
  const parts = { store: stores.transfer, sealing: sealingOf(undefined, stores.facts) };
  const summary = await imported(
    parts,
    (async function* () {
      yield lines.join('\n');
    })(),
    { replace: true },
  );
  deepEqual([summary.created, summary.replaced, summary.problems], [1, 1, 0]);
  equal((await stores.users.byName('ada'))?.role, 'user');
});

test('a record that cannot be read is told, and hides no other', async () => {
  const { stores } = await bringIn('');
  for (const name of ['ada', 'bob', 'carl']) await stores.users.insert(aUser(name));
  await stores.tokens.create(aToken('ci'));
  const unreadable: string[] = [];
  const damaged = {
    ...stores.transfer,
    async *entries() {
      for await (const entry of stores.transfer.entries()) {
        if (entry.kind === 'user' && 'record' in entry && entry.record.nameKey === 'bob')
          yield { kind: 'user' as const, unreadable: 'bob' };
        else yield entry;
      }
    },
  };
  const text = (
    await collect(exported(damaged, { onUnreadable: (kind, key) => unreadable.push(`${kind} ${key}`) }))
  ).join('');
  deepEqual(unreadable, ['user bob']);
  equal(text.split('\n').length, 1 + 3 + 1 + 1);
  match(text, /\{"kind":"end","records":3\}\n$/);
});

async function collect(source: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const some of source) all.push(some);
  return all;
}
