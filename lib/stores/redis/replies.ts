import { mintedIn, type SessionRecord } from '../sessions.ts';

/** A stored record does not have the fields of its kind. Other records are not affected. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
}

/** Reads a reply that is a list of strings. */
export function texts(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** Parses a record. Its own error, since the parser's message repeats part of the text. */
export function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRecordError('a record that should be JSON is not');
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(fields: Fields, name: keyof SessionRecord): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw new UnreadableRecordError(`the ${name} of a session is not a text`);
}

const textOrNone = (fields: Fields, name: keyof SessionRecord): string | undefined =>
  fields[name] === undefined ? undefined : text(fields, name);

function integer(fields: Fields, name: keyof SessionRecord): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new UnreadableRecordError(`the ${name} of a session is not a whole number`);
}

function kindOf(fields: Fields): SessionRecord['kind'] {
  if (fields.kind === 'browser' || fields.kind === 'api') return fields.kind;
  throw new UnreadableRecordError('the kind of a session is not known');
}

function mintedOf({ minter, makers }: Fields): ReturnType<typeof mintedIn> {
  try {
    return mintedIn(minter, makers);
  } catch (error) {
    throw new UnreadableRecordError('the minter of a session cannot be read', { cause: error });
  }
}

/** Reads a stored session; throws `UnreadableRecordError` when it is none, or has another id. */
export function sessionOf(value: unknown, id: string): SessionRecord {
  if (!isFields(value)) throw new UnreadableRecordError('a session is not an object');
  if (text(value, 'id') !== id) throw new UnreadableRecordError('a session lies under the id of another');
  return {
    id,
    userId: value.userId === null ? null : text(value, 'userId'),
    epoch: integer(value, 'epoch'),
    kind: kindOf(value),
    method: text(value, 'method'),
    createdAt: integer(value, 'createdAt'),
    lastSeenAt: integer(value, 'lastSeenAt'),
    expiresAt: integer(value, 'expiresAt'),
    idleAt: integer(value, 'idleAt'),
    remember: value.remember === true,
    roleCeiling: textOrNone(value, 'roleCeiling'),
    ...mintedOf(value),
    address: textOrNone(value, 'address'),
    agent: textOrNone(value, 'agent'),
    data: text(value, 'data'),
  };
}
