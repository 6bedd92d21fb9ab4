import { agentName } from '../agent-name.ts';
import { type Frame, inFrame } from '../frame.ts';
import type { RefusalText } from '../refusal-text.ts';
import { answerText, eventText, viaText } from './audit-words.ts';

/** A record of the audit log. */
export type AuditRecordShown = Readonly<{
  id: string;
  at: number;
  event: string;
  actor: string;
  via: string;
  address?: string | undefined;
  agent?: string | undefined;
  subject?: string | undefined;
  outcome: string;
  detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}>;

/** The fields of the filter, by name; those that are not given are undefined. */
export type AuditFieldsShown = Readonly<Record<string, string | undefined>>;

/** What the page of the audit log shows. */
export type AuditShown = Readonly<{
  fields: AuditFieldsShown;
  /** The times of the filter, in milliseconds since the epoch. */
  from?: number | undefined;
  to?: number | undefined;
  events: readonly string[];
  outcomes: readonly string[];
  /** One page of records, absent for a filter that was refused; `next`: where the next one begins. */
  page?: Readonly<{ items: readonly AuditRecordShown[]; next?: string | undefined; isFirst: boolean }>;
  refused?: RefusalText;
}>;

/** The address of a page below `admin`, with those values of the query that there are. */
const addressOf = ({ prefix }: Frame, path: string, query: AuditFieldsShown): string => {
  const given = Object.entries(query).filter((one): one is [string, string] => one[1] !== undefined);
  return `${prefix}/admin/${path}${given.length === 0 ? '' : `?${new URLSearchParams(given)}`}`;
};

/** The page of the audit log. */
export function auditPage(frame: Frame, shown: AuditShown): string {
  const { fields, page, refused } = shown;
  const isFiltered = Object.entries(fields).some(([name, value]) => name !== 'zone' && value !== undefined);
  const to = (cursor?: string) => addressOf(frame, 'audit', { ...fields, cursor });
  return inFrame('@admin-audit', frame, {
    place: 'audit',
    fields,
    isFiltered,
    from: momentOf(shown.from),
    to: momentOf(shown.to),
    events: eventOptions(frame, shown),
    outcomes: withGiven(shown.outcomes, fields.outcome).map((value) => ({ value, text: outcomeText(frame, value) })),
    rows: page?.items.map((one) => rowOf(frame, one)),
    next: page?.next === undefined ? undefined : to(page.next),
    first: page === undefined || page.isFirst ? undefined : to(),
    exports: page && { csv: addressOf(frame, 'audit.csv', fields), json: addressOf(frame, 'audit.json', fields) },
    problem: refused?.problem,
    problems: refused?.problems ?? {},
  });
}

/** A time as a field of the type `datetime-local` has it, in UTC, and as it is. */
function momentOf(at: number | undefined) {
  if (at === undefined) return undefined;
  const exact = new Date(at).toISOString();
  return { exact, written: exact.slice(0, -1).replace(/(:00)?\.000$/, '') };
}

/** A value that is none of those offered is offered as well, so that the form shows what it filters by. */
const withGiven = (offered: readonly string[], given: string | undefined): readonly string[] =>
  given === undefined || offered.includes(given) ? offered : [...offered, given];

const outcomeText = ({ words }: Frame, outcome: string): string =>
  outcome === 'ok' ? words.text('audit.ok') : outcome;

function eventOptions({ words }: Frame, { events, fields }: AuditShown) {
  const options = withGiven(events, fields.event).map((value) => ({ value, text: eventText(words, value) }));
  return options.toSorted((a, b) => a.text.localeCompare(b.text, words.language));
}

function rowOf(frame: Frame, { id, at, event, actor, via, subject, outcome, address = '' }: AuditRecordShown) {
  return {
    at,
    outcome,
    address,
    href: addressOf(frame, `audit/${id}`, {}),
    what: eventText(frame.words, event),
    via: viaText(frame.words, via),
    actor: actor && { name: actor, href: addressOf(frame, 'audit', { actor }) },
    subject: subject && { name: subject, href: addressOf(frame, 'audit', { subject }) },
  };
}

/** How long before and after a record is around it, in milliseconds. */
const around = 300_000;

/** The page of one record. */
export function auditRecordPage(frame: Frame, record: AuditRecordShown): string {
  return inFrame('@admin-audit-record', frame, {
    place: 'audit',
    what: eventText(frame.words, record.event),
    facts: factsOf(frame, record),
    links: linksOf(frame, record),
  });
}

type Fact = Readonly<{ text?: string; code?: boolean; at?: number; outcome?: string }>;

function factsOf({ words }: Frame, record: AuditRecordShown): readonly (readonly [name: string, value: Fact])[] {
  const { at, event, actor, via, subject, outcome, address, agent, detail = {}, id } = record;
  const facts: readonly (readonly [string, Fact | undefined])[] = [
    [words.text('audit.time'), { at }],
    [words.text('audit.event'), { text: event, code: true }],
    [words.text('audit.actor'), { text: actor || words.text('audit.nobody') }],
    [words.text('audit.via'), { text: viaText(words, via) }],
    [words.text('audit.subject'), textFact(subject)],
    [words.text('audit.outcome'), { outcome }],
    [words.text('audit.told'), textFact(answerText(words, outcome))],
    [words.text('audit.address'), textFact(address)],
    [words.text('audit.device'), agent === undefined ? undefined : { text: agentName(agent, words) }],
    [words.text('audit.agent'), textFact(agent)],
    ...Object.entries(detail).map(([name, value]) => [name, { text: String(value), code: true }] as const),
    [words.text('audit.id'), { text: id, code: true }],
  ];
  return facts.filter((one): one is [string, Fact] => one[1] !== undefined);
}

const textFact = (text: string | undefined): Fact | undefined => (text === undefined ? undefined : { text });

function linksOf(frame: Frame, { at, actor, subject, event, outcome }: AuditRecordShown) {
  const { words } = frame;
  const to = (query: AuditFieldsShown) => addressOf(frame, 'audit', query);
  const zoned = (time: number) => new Date(time).toISOString().slice(0, -1);
  const range = { from: zoned(at - around), to: zoned(at + around), zone: 'UTC' };
  return [
    ...(actor === '' ? [] : [{ href: to({ actor }), markup: words.markup('audit.byActor', { actor }) }]),
    ...(subject ? [{ href: to({ subject }), markup: words.markup('audit.aboutSubject', { subject }) }] : []),
    ...userLinks(frame, subject),
    { href: to({ event, outcome }), markup: words.markup('audit.alike') },
    { href: to(range), markup: words.markup('audit.around') },
  ];
}

/** Users are found by their name; one that is gone by now has no page any more. */
function userLinks(frame: Frame, subject = '') {
  if (!subject.startsWith('user:')) return [];
  const user = subject.slice('user:'.length);
  const href = addressOf(frame, `users/${encodeURIComponent(user)}`, {});
  return [{ href, markup: frame.words.markup('audit.userPage', { user }) }];
}
