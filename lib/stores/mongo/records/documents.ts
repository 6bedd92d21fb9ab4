import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { text, whole } from '../../records/fields.ts';
import type { AnyKind, Fields, Identified, Kind } from '../../records/kind.ts';
import type { Versioned } from '../../records/records.ts';
import { UnreadableRecordError } from '../fields.ts';
import { isAdded, type Stored, shapeOf } from './shape.ts';

const envelope = z.object({ _id: text, version: whole.min(1), _mark: text, _schema: whole.min(1) });

/** Whether this text can be stored: if not, no record has it. */
export const isStorable = (value: string): boolean => text.safeParse(value).success;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Leaves out what is `undefined`: the driver would store it as null. */
function present<T>(value: T): T;
function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => present(one));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([name, one]) => [name, present(one)]));
}

/** What the store adds to the fields of a record, to find it by. */
function addedTo<R extends Identified>(kind: Kind<R>, record: R): Fields {
  return {
    ...Object.fromEntries(Object.entries(kind.keys).map(([name, of]) => [`key_${name}`, of(record)])),
    ...Object.fromEntries(Object.entries(kind.orders).map(([name, of]) => [`order_${name}`, of(record)])),
    _owner: kind.owner?.(record),
    _expires: kind.expiry?.(record),
  };
}

/** Throws `TypeError` for a record that does not fit its kind. The message has no value of it. */
function checked<R extends Identified>(kind: Kind<R>, record: R): R {
  const parsed = kind.schema.safeParse(record);
  if (parsed.success) return parsed.data;
  throw new TypeError(`the record does not fit the kind "${kind.name}": ${z.prettifyError(parsed.error)}`);
}

/** The document of a new record. Throws `TypeError` for a record that does not fit its kind. */
export function documentOf<R extends Identified>(kind: Kind<R>, record: R): Stored {
  const fitting = checked(kind, record);
  const { id, ...fields } = fitting;
  return present({
    ...fields,
    ...addedTo(kind, fitting),
    ...{ _id: id, version: 1, _mark: randomUUID(), _schema: kind.version },
  });
}

const unreadable = ({ name }: AnyKind, id: unknown, why: string) =>
  new UnreadableRecordError(`the record "${String(id)}" of the kind "${name}" cannot be read: ${why}`);

/** The fields of a stored record, brought to the version of the kind. */
function currentFields(kind: AnyKind, found: Stored): Fields {
  const stored = envelope.safeParse(found);
  if (!stored.success) throw unreadable(kind, found._id, z.prettifyError(stored.error));
  const { _schema: version, _id: id } = stored.data;
  if (version > kind.version) {
    const versions = `its schema has version ${version}, and this program knows ${kind.version}`;
    throw unreadable(kind, id, versions);
  }
  const own = Object.entries(found).filter(([name]) => !isAdded(name));
  const record: Fields = { ...Object.fromEntries(own), id };
  return kind.migrations.slice(version - 1).reduce((fields, migrate) => migrate(fields), record);
}

/** Reads a stored record. Throws `UnreadableRecordError` for one that does not fit its kind. */
export function recordOf<R extends Identified>(kind: Kind<R>, found: Stored): Versioned<R> {
  const parsed = kind.schema.safeParse(currentFields(kind, found));
  if (!parsed.success) throw unreadable(kind, found._id, z.prettifyError(parsed.error));
  return { ...parsed.data, version: found.version };
}

/** The fields to write: those of the record, and at every depth those stored that the schema does not know. */
function withUnknown(schema: z.core.$ZodType | undefined, stored: unknown, record: unknown): unknown {
  const shape = shapeOf(schema);
  if (shape === undefined || !isFields(stored) || !isFields(record)) return record;
  const unknown = Object.entries(stored).filter(([name]) => !(name in shape));
  const declared = Object.entries(record).map(([name, value]) => [name, withUnknown(shape[name], stored[name], value)]);
  return { ...Object.fromEntries(unknown), ...Object.fromEntries(declared) };
}

/** An update of MongoDB. */
export interface Update {
  readonly $set: Record<string, unknown>;
  readonly $unset?: Record<string, 1>;
}

const canBePath = (value: unknown): value is Fields =>
  isFields(value) && Object.keys(value).every((name) => name !== '' && !/[.$]/.test(name));

/** The differing fields by their paths; `undefined` for one that goes. */
function differences(before: Fields, after: Fields, path = ''): [path: string, value: unknown][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): [string, unknown][] => {
    const [was, is] = [before[name], after[name]];
    if (isDeepStrictEqual(was, is)) return [];
    return canBePath(was) && canBePath(is) ? differences(was, is, `${path}${name}.`) : [[`${path}${name}`, is]];
  });
}

function updateOf(entries: readonly [string, unknown][]): Update {
  const gone = entries.filter(([, value]) => value === undefined).map(([name]): [string, 1] => [name, 1]);
  return {
    $set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone) }),
  };
}

/**
 * The update that makes a stored record into another one: only what differs. The time of the last use is left as it
 * is, or removed when the record has none. Throws
 * `TypeError` for a record that does not fit its kind.
 */
export function changeTo<R extends Identified>(kind: Kind<R>, found: Stored, record: R): Update {
  const next = { ...documentOf(kind, record), version: found.version + 1 };
  return updateOf(differences(found, written(kind, found, next)));
}

function written(kind: AnyKind, found: Stored, next: Stored): Fields {
  const { id: _id, ...stored } = currentFields(kind, found);
  const fields = withUnknown(kind.schema, stored, next);
  const { note } = kind;
  const keepsNote = note !== undefined && next[note] !== undefined;
  return present({ ...(fields as Fields), ...(keepsNote && { [note]: stored[note] }) });
}

/** The update that brings a stored record to the version of its kind; it has no part in the record's version. */
export function migrationOf(kind: AnyKind, found: Stored): Update {
  const { version, ...record } = recordOf(kind, found);
  const next = { ...documentOf(kind, record), version, _mark: found._mark };
  return updateOf(differences(found, written(kind, found, next)));
}

/** Matches a stored record only as it was read. */
export const asItWas = ({ _id, version, _mark, _schema }: Stored) => ({ _id, version, _mark, _schema });
