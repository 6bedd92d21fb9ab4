import { deepEqual, doesNotMatch, equal, match, ok, throws } from 'node:assert/strict';
import test from 'node:test';
import { administrationIn } from '../../cli/administration/in-store.ts';
import { collected, first, wholeNumber } from '../../cli/listing.ts';
import { futureMoment, pastMoment } from '../../cli/moment.ts';
import { output } from '../../cli/output.ts';
import type { Sheet, Thing } from '../../cli/sheet.ts';
import { auditSheet, sessionSheet } from '../../cli/sheets.ts';
import { shortened } from '../../cli/shortened.ts';
import { openGate } from '../../lib/start/gate.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { temporaryFolder } from '../support/folders.ts';

const sheet: Sheet = [
  { title: 'name', field: 'name' },
  { title: 'role', field: 'role' },
];

async function* some(...things: Thing[]): AsyncIterable<Thing> {
  yield* things;
}

type Format = 'table' | 'plain' | 'json';

function printer(format: Format) {
  const said = { out: '', err: '' };
  const into = (key: keyof typeof said) => ({
    write(text: string) {
      said[key] += text;
    },
  });
  return { said, out: output({ format, quiet: false }, { stdout: into('out'), stderr: into('err') }) };
}

const ada = { name: 'ada', role: 'admin', extra: [1] };
const hostile = { name: '\u001b[2Jbob\u202e', role: 'a\tb\nc' };

const formats: readonly [Format, printed: string][] = [
  ['table', 'NAME  ROLE\nada   admin\nbob   a b c\n'],
  ['plain', 'ada\tadmin\nbob\ta b c\n'],
];
for (const [format, printed] of formats) {
  test(`a list as ${format}: one line each, and nothing that the terminal obeys`, async () => {
    const { said, out } = printer(format);
    await out.things(sheet, some(ada, hostile));
    equal(said.out, printed);
  });
}

test('a list as json is one array with every field, printable, and the same when it is parsed', async () => {
  const { said, out } = printer('json');
  await out.things(sheet, some(ada, hostile));
  deepEqual(JSON.parse(said.out), [ada, hostile]);
  doesNotMatch(said.out, /[\u001b\u202e]/);
  match(said.out, /^\[\n {2}\{\n {4}"name": "ada",/);
  const none = printer('json');
  await none.out.things(sheet, some());
  deepEqual([none.said.out, none.said.err], ['[]\n', '']);
});

test('an empty list says so to people only', async () => {
  for (const [format, expected] of [
    ['table', 'NAME  ROLE\n'],
    ['plain', ''],
  ] as const) {
    const { said, out } = printer(format);
    await out.things(sheet, some());
    deepEqual([said.out, said.err], [expected, 'There are none.\n']);
  }
});

test('a stream has a line for each thing, in JSON too', () => {
  const { said, out } = printer('json');
  out.streamed(sheet, hostile);
  equal(said.out.split('\n').length, 2);
  deepEqual(JSON.parse(said.out), hostile);
});

test('long values do not break a table; other formats have them whole', async () => {
  const agent = 'x'.repeat(400);
  const record = { id: 'a'.repeat(43), kind: 'api', agent, created_at: '2026-01-31T09:30:15.123Z', current: true };
  const table = printer('table');
  await table.out.things(sessionSheet, some(record));
  const [, line = ''] = table.said.out.split('\n');
  ok(line.length < 220, `${line.length}`);
  ok(line.includes(record.id), 'an id stays whole');
  match(line, /yes +2026-01-31T09:30Z/);
  const plain = printer('plain');
  await plain.out.things(sessionSheet, some(record));
  ok(plain.said.out.includes(agent));
});

test('details are shown as pairs', async () => {
  const { said, out } = printer('plain');
  await out.things(auditSheet, some({ at: 'now', event: 'e', detail: { action: 'edited', sessions: 3 } }));
  match(said.out, /\taction=edited sessions=3\n$/);
});

const texts: readonly [what: string, given: string, expected: string][] = [
  ['a short one is as it is', 'ada', 'ada'],
  ['48 characters are as they are', 'a'.repeat(48), 'a'.repeat(48)],
  ['49 are cut', 'a'.repeat(49), `${'a'.repeat(47)}…`],
  ['a family is one character', '👩‍👩‍👧'.repeat(20), '👩‍👩‍👧'.repeat(20)],
];
for (const [what, given, expected] of texts) test(`a cell: ${what}`, () => equal(shortened(given), expected));

test('a cell of 32 kB of marks is cut, and soon', () => {
  const begun = performance.now();
  ok(shortened(`a${'\u0301'.repeat(32_768)}`).length < 400);
  ok(shortened('👩\u200d'.repeat(11_000)).length < 400);
  ok(performance.now() - begun < 500);
});

const now = () => Date.now();
const near = (at: number, expected: number) => ok(Math.abs(at - expected) < 5000, `${at} and ${expected}`);

test('times: dates in UTC, RFC 3339, and spans of time', () => {
  equal(pastMoment('2026-01-31'), Date.parse('2026-01-31T00:00:00Z'));
  equal(pastMoment('2026-01-31T09:30:15.5+02:00'), Date.parse('2026-01-31T07:30:15.500Z'));
  near(pastMoment('90m'), now() - 90 * 60_000);
  near(futureMoment('7d'), now() + 7 * 86_400_000);
});

for (const wrong of [
  '',
  'yesterday',
  '7',
  '-7d',
  '7w',
  '2026-13-01',
  '2026-01-31 09:30',
  '1e9d',
  `${'9'.repeat(32_768)}d`,
]) {
  test(`no time: ${wrong.slice(0, 20)}`, () => throws(() => pastMoment(wrong), /date/));
}
for (const wrong of ['', '0', '-1', '1.5', '1e3', 'ten', '0x10', '9'.repeat(32_768)]) {
  test(`no whole number: ${wrong.slice(0, 20)}`, () => throws(() => wholeNumber(wrong), /whole number/));
}

test('a list has every page, and reads none beyond its limit', async (t) => {
  await using folder = await temporaryFolder();
  const env = { GATEWARDEN_DATA_DIR: folder.path, GATEWARDEN_LOG_LEVEL: 'silent' };
  const gate = await openGate(loadSettings({ env, given: {}, applies: 'command' }), { serves: false });
  try {
    for (let at = 0; at < 45; at += 1) await gate.users.create({ username: `user-${at}` });
    const { users } = administrationIn(gate);
    const pages = t.mock.method(gate.users, 'list');
    equal((await collected(users.list({ pageSize: 20 }))).length, 45);
    equal(pages.mock.callCount(), 3);
    equal((await collected(first(20, users.list({ pageSize: 20 })))).length, 20);
    equal(pages.mock.callCount(), 4);
  } finally {
    await gate.close();
  }
});
