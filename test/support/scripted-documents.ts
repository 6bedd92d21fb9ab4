import { mongo } from 'mongoose';

/** A document of MongoDB. */
export type Fields = Readonly<Record<string, unknown>>;

/** Collections of documents that the members of a scripted replica set share. */
export interface Documents {
  /** Executes a command and returns its reply; `undefined` for a command that it does not know. */
  execute(command: Fields): Fields | undefined;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {});
const listIn = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

const operators: Readonly<Record<string, (value: unknown, wanted: unknown) => boolean>> = {
  $in: (value, wanted) => Array.isArray(wanted) && wanted.includes(value),
  $gte: (value, wanted) => String(value) >= String(wanted),
  $gt: (value, wanted) => String(value) > String(wanted),
  $lt: (value, wanted) => String(value) < String(wanted),
};

function matches(document: Fields, query: Fields): boolean {
  return Object.entries(query).every(([field, wanted]) => {
    if (!isFields(wanted)) return document[field] === wanted;
    return Object.entries(wanted).every(([name, operand]) => {
      const operator = operators[name];
      if (operator === undefined) throw new Error(`the scripted server does not know ${name}`);
      return operator(document[field], operand);
    });
  });
}

/** The document after an update with `$set`, `$unset` and `$max` of whole fields. */
function updated(document: Fields, update: Fields): Fields {
  const unset = Object.keys(fieldsIn(update.$unset));
  const kept = Object.entries(document).filter(([name]) => !unset.includes(name));
  const greater = Object.entries(fieldsIn(update.$max)).filter(
    ([name, value]) => Number(value) > Number(document[name] ?? Number.NEGATIVE_INFINITY),
  );
  return { ...Object.fromEntries([...kept, ...greater]), ...fieldsIn(update.$set) };
}

const cursor = (collection: unknown, firstBatch: readonly Fields[]): Fields => ({
  ok: 1,
  cursor: { id: mongo.BSON.Long.ZERO, ns: `gate.${String(collection)}`, firstBatch },
});

type Data = Map<string, Fields[]>;

function dataOf(data: Data, name: unknown): Fields[] {
  const found = data.get(String(name)) ?? [];
  data.set(String(name), found);
  return found;
}

function insert(documents: Fields[], added: readonly Fields[]): Fields {
  const taken = added.map((one) => documents.some(({ _id }) => _id === one._id));
  documents.push(...added.filter((_, index) => !taken[index]));
  const writeErrors = taken.flatMap((is, index) =>
    is ? [{ index, code: 11000, errmsg: 'E11000 duplicate key' }] : [],
  );
  return { ok: 1, n: added.length - writeErrors.length, ...(writeErrors.length > 0 && { writeErrors }) };
}

/** Changes the first document that the query finds; returns how it is then. */
function change(documents: Fields[], query: Fields, update: Fields, upsert: boolean): Fields | undefined {
  const at = documents.findIndex((one) => matches(one, query));
  const found = documents[at];
  if (found === undefined && !upsert) return undefined;
  const next = updated(found ?? { ...query, ...fieldsIn(update.$setOnInsert) }, update);
  if (found === undefined) documents.push(next);
  else documents[at] = next;
  return next;
}

function update(documents: Fields[], updates: readonly Fields[]): Fields {
  const changed = updates.map(({ q, u, upsert }) => change(documents, fieldsIn(q), fieldsIn(u), upsert === true));
  const n = changed.filter(Boolean).length;
  return { ok: 1, n, nModified: n };
}

function remove(documents: Fields[], deletes: readonly Fields[]): Fields {
  const before = documents.length;
  for (const { q, limit } of deletes) {
    const found = documents.filter((one) => matches(one, fieldsIn(q)));
    for (const one of limit === 1 ? found.slice(0, 1) : found) documents.splice(documents.indexOf(one), 1);
  }
  return { ok: 1, n: before - documents.length };
}

/**
 * A store that is good enough for records: single fields in queries and updates, no order, and `_id` as the unique key. A
 * write that a driver repeats with the same number is executed once.
 */
export function documents(): Documents {
  const data: Data = new Map();
  const indexes: Data = new Map();
  const verbs: Readonly<Record<string, (command: Fields) => Fields>> = {
    ping: () => ({ ok: 1 }),
    endSessions: () => ({ ok: 1 }),
    listCollections: () =>
      cursor(
        '$cmd.listCollections',
        [...data.keys()].map((name) => ({ name, type: 'collection' })),
      ),
    createIndexes(command) {
      dataOf(data, command.createIndexes);
      dataOf(indexes, command.createIndexes).push(...listIn(command.indexes));
      return { ok: 1 };
    },
    listIndexes: (command) => cursor(command.listIndexes, dataOf(indexes, command.listIndexes)),
    find: ({ find, filter }) =>
      cursor(
        find,
        dataOf(data, find).filter((one) => matches(one, fieldsIn(filter))),
      ),
    insert: (command) => insert(dataOf(data, command.insert), listIn(command.documents)),
    update: (command) => update(dataOf(data, command.update), listIn(command.updates)),
    delete: (command) => remove(dataOf(data, command.delete), listIn(command.deletes)),
    findAndModify(command) {
      const there = dataOf(data, command.findAndModify);
      return { ok: 1, value: change(there, fieldsIn(command.query), fieldsIn(command.update), false) ?? null };
    },
  };
  const known = new Map<string, Fields | undefined>();
  return {
    execute(command) {
      const key = mongo.BSON.EJSON.stringify([command.lsid, command.txnNumber]);
      const run = () => verbs[Object.keys(command)[0] ?? '']?.(command);
      if (!('txnNumber' in command)) return run();
      if (!known.has(key)) known.set(key, run());
      return known.get(key);
    },
  };
}
