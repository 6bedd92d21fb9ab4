import { type ChartPeriod, drawing, type Series } from '../charts.ts';
import { type AdminPlace, type Frame, inFrame } from '../frame.ts';
import { timeText } from '../time.ts';
import type { Words } from '../words/words.ts';

/** What happened in a part of time, in numbers. */
export type ShownPeriod = ChartPeriod &
  Readonly<{
    signIns: number;
    failures: number;
    tokens: number;
    /** By error code. */
    refusals: readonly Readonly<{ code: string; count: number }>[];
    /** The most that were live at once; absent: not known. */
    sessions?: number | undefined;
  }>;

/** What a rule decided; '' for no rule. */
export type ShownRule = Readonly<{ route: string; rule: string; passed: number; refused: number }>;

type Verdicts = Readonly<{ passed: number; refused: number }>;

/** The spans that the page shows, and how the parts of each are named below its charts. */
export const overviewSpans = { '24h': 'hour', '7d': 'day', '30d': 'day' } as const;
export type OverviewSpan = keyof typeof overviewSpans;

const amounts = ['users', 'waiting', 'sessions', 'clients'] as const;

/** How much there is now. `orMore`: it was not counted further. */
export type Amounts = Readonly<Record<(typeof amounts)[number], Readonly<{ n: number; orMore?: boolean }>>>;

export type Overview = Readonly<{
  span: OverviewSpan;
  amounts: Amounts;
  periods: readonly ShownPeriod[];
  /** The busiest first, and the sum of those that have no name. Absent for people who do not see the rules. */
  rules?: Readonly<{ named: readonly ShownRule[]; others: Verdicts }> | undefined;
}>;

/** The page that shows what happens in an installation. */
export function overviewPage(frame: Frame, shown: Overview): string {
  const places = frame.viewer?.places ?? [];
  return inFrame('@admin-overview', frame, {
    place: 'overview',
    span: shown.span,
    last: `last${shown.span}`,
    spans: Object.keys(overviewSpans),
    tiles: tilesOf(shown.amounts, places),
    charts: chartsOf(frame.words, shown).map((chart) => ({ ...chart, more: wayFrom(chart.id, places) })),
    codes: codesOf(shown.periods),
    rules: shown.rules && topRules(shown.rules),
  });
}

const ways: Readonly<Record<keyof Amounts, Way>> = {
  users: { place: 'users', query: '' },
  waiting: { place: 'users', query: '?state=pending' },
  sessions: { place: 'sessions', query: '' },
  clients: { place: 'clients', query: '' },
};

/** The numbers of now, each with the way to its page for those who may see that. */
const tilesOf = (shown: Amounts, places: readonly AdminPlace[]) =>
  amounts.map((what) => {
    const { n, orMore = false } = shown[what];
    const { place, query } = ways[what];
    return { what, n, orMore, href: places.includes(place) ? `${place}${query}` : undefined };
  });

/** Why requests are refused: each group is a colour of the chart. Requests of nobody have a chart of their own. */
const reasons: Readonly<Record<string, 'credential' | 'rights' | 'visitors'>> = {
  missing_credential: 'visitors',
  malformed_credential: 'credential',
  invalid_token: 'credential',
  token_expired: 'credential',
  token_revoked: 'credential',
  insufficient_role: 'rights',
  insufficient_scope: 'rights',
  approval_unavailable: 'rights',
  confirmation_required: 'rights',
};

type Reason = 'credential' | 'rights' | 'visitors' | 'otherRequest';

const refusedFor = (reason: Reason, { refusals }: ShownPeriod): number =>
  refusals.reduce((sum, { code, count }) => sum + ((reasons[code] ?? 'otherRequest') === reason ? count : 0), 0);

type Kind = 'signIns' | 'failures' | 'refusals' | 'visitors' | 'sessions' | 'tokens';

type Way = Readonly<{ place: AdminPlace; query: string }>;

/** Where each one that was counted is found. */
const details: Readonly<Partial<Record<Kind, Way>>> = {
  signIns: { place: 'audit', query: '?event=login.succeeded' },
  failures: { place: 'audit', query: '?event=login.failed' },
  refusals: { place: 'audit', query: '?event=access.denied' },
  sessions: { place: 'sessions', query: '' },
  tokens: { place: 'audit', query: '?event=token.created' },
};

function wayFrom(id: Kind, places: readonly AdminPlace[]): Way | undefined {
  const way = details[id];
  return way !== undefined && places.includes(way.place) ? way : undefined;
}

function chartsOf(words: Words, { periods, span }: Overview) {
  const of = (look: string, number: (period: ShownPeriod) => number | undefined, label = ''): Series => ({
    ...{ look, label, values: periods.map(number) },
  });
  const refused = (look: string, reason: Reason) =>
    of(look, (period) => refusedFor(reason, period), words.text(`overview.${reason}`));
  const chart = (id: Kind, ...series: readonly Series[]) => chartOf(words, { id, series, periods, span });
  return [
    chart(
      'signIns',
      of('plain', ({ signIns }) => signIns),
    ),
    chart(
      'failures',
      of('bad', ({ failures }) => failures),
    ),
    chart('refusals', refused('first', 'rights'), refused('second', 'credential'), refused('third', 'otherRequest')),
    chart(
      'visitors',
      of('plain', (period) => refusedFor('visitors', period)),
    ),
    chart(
      'sessions',
      of('plain', ({ sessions }) => sessions),
    ),
    chart(
      'tokens',
      of('plain', ({ tokens }) => tokens),
    ),
  ];
}

type ChartInput = Readonly<{
  id: Kind;
  series: readonly Series[];
  periods: readonly ShownPeriod[];
  span: OverviewSpan;
}>;

/** What a template shows of one chart. Numbers that go on from period to period are not added up. */
function chartOf(words: Words, { id, series, periods, span }: ChartInput) {
  const goesOn = id === 'sessions';
  const sums = periods.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const most = Math.max(...sums);
  const total = goesOn ? most : sums.reduce((sum, one) => sum + one, 0);
  const compact = new Intl.NumberFormat(words.language, { notation: 'compact' });
  const { scale, ...drawn } = drawing(series, periods.length, goesOn);
  return {
    ...{ id, total, most, goesOn, ...drawn, scale: scale.map((one) => compact.format(one)) },
    rows: periods.map((period, at) => rowOf(words, { series, at, ...timesOf(words, period, span) })),
    legend: series.length > 1 ? series : [],
    ticks: ticksOf(words, periods, span),
  };
}

type Times = Readonly<{ name: string; time?: number; iso?: string }>;

/** The numbers of a period: as cells of the table, and as what its bar says, with the name of the period in the first line. */
function rowOf(words: Words, { series, at, ...times }: Times & Readonly<{ series: readonly Series[]; at: number }>) {
  const number = new Intl.NumberFormat(words.language);
  const texts = series.map(({ label, values }) => ({
    label,
    text: values[at] === undefined ? '–' : number.format(values[at]),
  }));
  const lines = texts.map(({ label, text }) => (label === '' ? text : `${label}: ${text}`));
  return { ...times, values: texts.map(({ text }) => text), saying: [times.name, ...lines].join('\n') };
}

/** A period of whole days is named by its day in UTC: it has no time, since no other time zone has this day. */
const timesOf = (words: Words, { at }: ChartPeriod, span: OverviewSpan): Times =>
  span === '30d'
    ? { name: timeText(words, at, 'day') }
    : { name: timeText(words, at), time: at, iso: new Date(at).toISOString() };

/** What stands below a chart: its beginning, its middle and its end. */
function ticksOf(words: Words, periods: readonly ShownPeriod[], span: OverviewSpan) {
  const [first, middle, last] = [periods[0], periods[periods.length >> 1], periods.at(-1)];
  if (first === undefined || middle === undefined || last === undefined) return [];
  const end = span === '30d' ? last.at : last.until;
  return [first.at, middle.at, end].map((at) => ({
    ...{ at: span === '30d' ? undefined : at, format: overviewSpans[span] },
    name: timeText(words, at, overviewSpans[span]),
  }));
}

/** How often requests were refused, by code, the most frequent first. */
function codesOf(periods: readonly ShownPeriod[]) {
  const counts = new Map<string, number>();
  for (const { code, count } of periods.flatMap(({ refusals }) => refusals)) {
    counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return [...counts].map(([code, count]) => ({ code, count })).toSorted((a, b) => b.count - a.count);
}

const shownRules = 10;

const totalOf = ({ passed, refused }: Verdicts): number => passed + refused;

function topRules({ named, others }: NonNullable<Overview['rules']>) {
  const rest = [...named.slice(shownRules), others];
  const top = named.slice(0, shownRules);
  const most = Math.max(1, ...top.map(totalOf));
  const share = (count: number) => Math.round((count / most) * 1000) / 10;
  return {
    severalRoutes: new Set(named.map(({ route }) => route)).size > 1,
    top: top.map((one) => ({ ...one, passedShare: share(one.passed), refusedShare: share(one.refused) })),
    others: rest.reduce((sum, { passed, refused }) => ({
      passed: sum.passed + passed,
      refused: sum.refused + refused,
    })),
  };
}
