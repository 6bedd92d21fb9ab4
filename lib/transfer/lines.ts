import { nameKey as nameKeyOf, namePolicy, problemOfDisplayName, problemOfEmail } from '../accounts/names.ts';
import type { TransferEntry, TransferKind, TransferRecords } from '../stores/records/transfer.ts';
import { type Check, details, fieldsOf, flag, key, listOf, oneOf, optional, text, that, whole } from './fields.ts';

/** The version of the format that is written, and the only one that is read. */
export const formatVersion = 1;
const format = 'gatewarden-export';

const problemOfName = namePolicy([]);
const username = that((name) => problemOfName(name, true));
const nameKey = that(
  (name) => problemOfName(name, true) ?? (nameKeyOf(name) === name ? undefined : 'must be lower case'),
);

const ended = fieldsOf({ id: key, until: whole });

/** The fields of each kind, in the order in which they are written. */
const fields: { readonly [K in TransferKind]: { readonly [F in keyof TransferRecords[K]]-?: Check } } = {
  fact: { name: key, value: text },
  key: { kid: key, algorithm: key, publicJwk: key, sealed: key, createdAt: whole },
  'retired-name': { nameKey, at: whole },
  user: {
    id: key,
    username,
    nameKey,
    role: key,
    state: oneOf('pending', 'active', 'disabled'),
    email: optional(that(problemOfEmail)),
    emailConfirmed: flag,
    displayName: optional(that(problemOfDisplayName)),
    passwordHash: optional(key),
    epoch: whole,
    tokenEpoch: optional(whole),
    rights: optional(whole),
    kept: optional(() => undefined),
    createdAt: whole,
    updatedAt: whole,
    lastLoginAt: optional(whole),
    ended: optional(listOf(ended)),
  },
  token: {
    id: key,
    userId: key,
    name: key,
    hash: key,
    epoch: whole,
    role: optional(key),
    scopes: optional(listOf(key)),
    parentId: optional(key),
    createdAt: whole,
    lastUsedAt: optional(whole),
    expiresAt: optional(whole),
  },
  'refresh-token': {
    hash: key,
    sessionId: key,
    userId: key,
    clientId: optional(key),
    createdAt: whole,
    expiresAt: whole,
  },
  'spent-refresh-token': { hash: key, sessionId: key, usedAt: whole, expiresAt: whole },
  audit: {
    id: key,
    at: whole,
    event: text,
    actor: text,
    via: text,
    address: optional(text),
    agent: optional(text),
    subject: optional(text),
    outcome: text,
    detail: optional(details),
    share: optional(text),
  },
};

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The names of the fields in a line, and in a record. */
const names = new Map(
  Object.entries(fields).map(([kind, checks]) => [
    kind,
    Object.keys(checks).map((name) => [snake(name), name] as const),
  ]),
);
const checks = new Map(
  Object.entries(fields).map(([kind, all]) => [
    kind,
    fieldsOf({
      kind: () => undefined,
      ...Object.fromEntries(Object.entries(all).map(([name, one]) => [snake(name), one])),
    }),
  ]),
);

/** Sorted by name, since a store may return details in another order. */
function written(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const firstLine = (): string => JSON.stringify({ format, version: formatVersion });
export const lastLine = (records: number): string => JSON.stringify({ kind: 'end', records });

/** Makes the line of a record; absent fields are left out. */
export function lineOf({ kind, record }: TransferEntry): string {
  const values = new Map<string, unknown>(Object.entries(record));
  const own = names.get(kind) ?? [];
  return JSON.stringify({
    kind,
    ...Object.fromEntries(own.map(([name, field]) => [name, written(values.get(field))])),
  });
}

/** A parsed line; `problem` is a sentence without secrets. */
export type Line =
  | { readonly kind: 'first' }
  | { readonly kind: 'last'; readonly records: number }
  | { readonly kind: 'entry'; readonly entry: TransferEntry }
  | { readonly kind: 'problem'; readonly problem: string; readonly fatal?: true };

const problem = (text: string, fatal?: true): Line => ({ kind: 'problem', problem: text, ...(fatal && { fatal }) });

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Parses the first line, which identifies the file. */
export function readFirst(line: string): Line {
  const value = parsed(line);
  if (value?.format !== format)
    return problem('this is not an export of Gatewarden: its first line does not say so', true);
  if (value.version === formatVersion) return { kind: 'first' };
  return problem(
    `its format has the version ${JSON.stringify(value.version) ?? 'none'}, and this version reads ${formatVersion}`,
    true,
  );
}

/** Parses any other line. */
export function readLine(line: string): Line {
  const value = parsed(line);
  if (value === undefined) return problem('it is not a JSON object');
  const kind = String(value.kind);
  if (kind === 'end')
    return typeof value.records === 'number'
      ? { kind: 'last', records: value.records }
      : problem('"records" must be a number');
  if (value.format === format) return problem('another export begins here: import one file after another');
  const check = checks.get(kind);
  if (check === undefined)
    return problem(`its kind, ${JSON.stringify(kind.slice(0, 64))}, is not known to this version`);
  const wrong = check(value) ?? disagreement(value);
  if (wrong !== undefined) return problem(`${kind}: ${wrong}`);
  const record = Object.fromEntries((names.get(kind) ?? []).map(([name, field]) => [field, value[name]]));
  return { kind: 'entry', entry: { kind, record } as unknown as TransferEntry };
}

function disagreement(value: Readonly<Record<string, unknown>>): string | undefined {
  if (value.kind === 'user' && nameKeyOf(String(value.username)) !== value.name_key)
    return '"name_key" must be "username" in lower case';
  return value.kind === 'token' && value.parent_id === value.id ? '"parent_id" must be another token' : undefined;
}

/** The name of the record for people, without secrets. */
export function nameOf({ kind, record }: TransferEntry): string {
  if (kind === 'user') return `user ${record.username}`;
  if (kind === 'retired-name') return `retired name ${record.nameKey}`;
  if (kind === 'token') return `token ${record.name}`;
  if (kind === 'key') return `key ${record.kid}`;
  if (kind === 'fact') return `fact ${record.name}`;
  return kind === 'audit' ? `event ${record.id}` : `${kind.replaceAll('-', ' ')} of session ${record.sessionId}`;
}
