import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { type Overview, overviewPage, type ShownPeriod } from '../../lib/pages/admin/overview.ts';
import { adminPlaces, plainFrame, wordsOf } from '../../lib/pages/index.ts';

const hour = 3_600_000;
const morning = Date.UTC(2026, 10, 22, 6);
const hostile = `"><script>alert('x')</script>&`;
const viewer = { name: 'ada', role: 'admin', places: adminPlaces, canSignOut: true };
const frame = { ...plainFrame(), viewer };

const nothing = { signIns: 0, failures: 0, tokens: 0, refusals: [] };
const period = (n: number, more: Partial<ShownPeriod> = {}): ShownPeriod => ({
  ...{ at: morning + n * hour, until: morning + (n + 1) * hour, ...nothing },
  ...more,
});
const overview = (more: Partial<Overview>): Overview => ({
  span: '24h',
  amounts: { users: { n: 1234 }, waiting: { n: 1000, orMore: true }, sessions: { n: 1 }, clients: { n: 0 } },
  periods: [period(0), period(1)],
  ...more,
});

/** The cells of the table below a chart, row by row. */
function tableOf(page: string, id: string): string[] {
  const [, table = ''] = new RegExp(`<caption id="${id}-table">[\\s\\S]*?<tbody>([\\s\\S]*?)</tbody>`).exec(page) ?? [];
  const text = (row: string) => row.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  return table.split('</tr>').map((row) => text(row).trim());
}

test('the names of routes, rules and codes are no markup', () => {
  const rules = {
    named: [{ route: hostile, rule: hostile, passed: 1, refused: 1 }],
    others: { passed: 0, refused: 0 },
  };
  const two = { ...rules, named: [...rules.named, { route: 'other', rule: '', passed: 1, refused: 0 }] };
  const refusals = [{ code: hostile, count: 1 }];
  const page = overviewPage(frame, overview({ rules: two, periods: [period(0, { refusals })] }));
  doesNotMatch(page, /<script(?! src="\/assets\/)/);
  equal(page.match(/&lt;script&gt;/g)?.length, 3);
});

test('each chart has its numbers in a table, the newest first, and says what is not known', () => {
  const refusals = [
    { code: 'insufficient_role', count: 2 },
    { code: 'token_expired', count: 3 },
    { code: 'csrf_rejected', count: 4 },
    { code: 'missing_credential', count: 5 },
  ];
  const page = overviewPage(frame, overview({ periods: [period(0, { refusals }), period(1, { sessions: 1200 })] }));
  const [early, late] = ['22 Nov 2026, 06:00 UTC', '22 Nov 2026, 07:00 UTC'];
  deepEqual(tableOf(page, 'refusals'), [`${late} 0 0 0`, `${early} 2 3 4`, '']);
  deepEqual(tableOf(page, 'visitors'), [`${late} 0`, `${early} 5`, '']);
  deepEqual(tableOf(page, 'sessions'), [`${late} 1,200`, `${early} –`, '']);
  match(page, /aria-label="Refused requests, last 24 hours: 9 in all, at most 9 in one bar\./);
  match(page, /aria-label="Active sessions, last 24 hours: at most 1,200 at once\./);
  match(page, /<title data-time="2026-11-22T06:00:00.000Z">22 Nov 2026, 06:00 UTC\nNot allowed: 2\n/);
});

test('days are those of UTC, whatever zone the reader is in', () => {
  const page = overviewPage(frame, overview({ span: '30d', periods: [period(0, { signIns: 1 })] }));
  deepEqual(tableOf(page, 'signIns'), ['22 Nov 1', '']);
  doesNotMatch(page, /data-time|<time/);
});

test('where nothing happened the page says so, in the language of the reader', () => {
  const rules = { named: [], others: { passed: 0, refused: 0 } };
  equal(overviewPage(frame, overview({ rules })).match(/None in this time\./g)?.length, 6);
  const german = overviewPage({ ...frame, words: wordsOf('de') }, overview({ rules }));
  equal(german.match(/Keine in diesem Zeitraum\./g)?.length, 6);
  match(german, /In diesem Zeitraum hat keine Regel/);
  match(german, /<strong>1\.234<\/strong>/);
  match(german, /<strong>1\.000\+<\/strong> <span>warten auf Freischaltung/);
});

test('ten rules are named, the others are added up', () => {
  const named = Array.from({ length: 12 }, (_, n) => ({
    route: 'r',
    rule: `user * /${n}`,
    passed: 20 - n,
    refused: 1,
  }));
  const page = overviewPage(frame, overview({ rules: { named, others: { passed: 5, refused: 7 } } }));
  equal(page.match(/<code>user \* /g)?.length, 10);
  const last = /Other rules<\/th><td class="number">(\d+)<\/td><td class="number">(\d+)</.exec(page);
  deepEqual(last?.slice(1), ['24', '9']);
});
