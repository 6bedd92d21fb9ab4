import type { AnyKind, Identified, Kind } from '../../records/kind.ts';
import type { Change, Changed, Decide, Records } from '../../records/records.ts';
import { type Database, onlyOne, outdated, untilCurrent } from '../database.ts';
import { changeTo, documentOf, isStorable, recordOf } from './documents.ts';
import { insertAll, takenKeys } from './insert.ts';
import type { Stored } from './shape.ts';
import { turns } from './turns.ts';
import { type Collection, remove, replace } from './writes.ts';

type Outcome<R, A> = Changed<R, A> | typeof outdated;
type Put<R, A> = Extract<Change<R, A>, { kind: 'put' }>;

/** One attempt to change the record that `find` finds. */
interface Attempt<R extends Identified> {
  readonly kind: Kind<R>;
  readonly model: Collection;
  readonly find: () => Promise<Stored | null>;
  /** The key by which the record is found: when another record takes it meanwhile, that one is decided on. */
  readonly foundBy: string;
}

async function add<R extends Identified, A>({ kind, model, foundBy }: Attempt<R>, { record, answer }: Put<R, A>) {
  const document = documentOf(kind, record);
  const taken = (await insertAll(kind, model, [document])).get(document);
  if (taken === foundBy) return outdated;
  if (taken !== undefined) return { kind: 'taken', key: taken } as const;
  return { kind: 'done', answer, record: recordOf(kind, document) } as const;
}

async function update<R extends Identified, A>({ kind, model }: Attempt<R>, found: Stored, put: Put<R, A>) {
  const written = await replace(model, found, changeTo(kind, found, put.record));
  if (written === outdated) return outdated;
  if (written !== 'duplicate') return { kind: 'done', answer: put.answer, record: recordOf(kind, written) } as const;
  const [key] = await takenKeys(kind, model, [documentOf(kind, put.record)], new Set([found._id]));
  return key === undefined ? outdated : ({ kind: 'taken', key } as const);
}

/**
 * Puts a record with another id in the place of the one found, in two writes: that one is removed, then the new one added. If
 * the process ends in between, neither is there and the key is free.
 */
async function supersede<R extends Identified, A>(attempt: Attempt<R>, found: Stored, put: Put<R, A>) {
  const { kind, model } = attempt;
  const [key] = await takenKeys(kind, model, [documentOf(kind, put.record)], new Set([found._id]));
  if (key !== undefined) return { kind: 'taken', key } as const;
  if ((await remove(model, found)) === outdated) return outdated;
  const outcome = await add(attempt, put);
  // A key was taken since we looked: the record that was found comes back, unless that is not possible any more.
  if (outcome === outdated || outcome.kind === 'taken') await insertAll(kind, model, [found]);
  return outcome;
}

async function attemptOn<R extends Identified, A>(
  attempt: Attempt<R>,
  decide: Decide<R, A>,
  now: number,
): Promise<Outcome<R, A>> {
  const found = await attempt.find();
  const record = found === null ? undefined : recordOf(attempt.kind, found);
  const change = decide(record, now);
  if (change.kind === 'keep') return { kind: 'done', answer: change.answer, record };
  if (change.kind === 'put') return put(attempt, found, change);
  if (found !== null && (await remove(attempt.model, found)) === outdated) return outdated;
  return { kind: 'done', answer: change.answer, record: undefined };
}

async function put<R extends Identified, A>(attempt: Attempt<R>, found: Stored | null, change: Put<R, A>) {
  if (found === null) return add(attempt, change);
  return found._id === change.record.id ? update(attempt, found, change) : supersede(attempt, found, change);
}

/** A decision on a record with this id only. */
function keepingId<R extends Identified, A>(id: string, decide: Decide<R, A>): Decide<R, A> {
  return (record, now) => {
    const change = decide(record, now);
    if (change.kind === 'put' && change.record.id !== id) throw new TypeError('a changed record keeps its id');
    return change;
  };
}

/** Changes by compare-and-set. The changes that this process makes to a record wait for each other. */
export function changes(
  db: Database,
  collectionOf: (kind: AnyKind) => Collection,
  now: () => number,
): Pick<Records, 'change' | 'put'> {
  const inTurn = turns();

  const run = <R extends Identified, A>(attempt: Attempt<R>, value: string, decide: Decide<R, A>) =>
    inTurn(JSON.stringify([attempt.kind.name, attempt.foundBy, value]), () =>
      db.answer(() => untilCurrent(() => attemptOn(attempt, decide, now()))),
    );

  /** The record with this value of a unique field. */
  const finder = (model: Collection, field: string, value: string) => async () =>
    isStorable(value) ? onlyOne<Stored>(model, { [field]: value }) : null;

  return {
    async change(kind, id, decide) {
      const model = collectionOf(kind);
      return run({ kind, model, find: finder(model, '_id', id), foundBy: 'id' }, id, keepingId(id, decide));
    },
    async put(kind, key, value, decide) {
      const model = collectionOf(kind);
      if (!Object.hasOwn(kind.keys, key)) throw new TypeError(`the kind "${kind.name}" has no key "${key}"`);
      return run({ kind, model, find: finder(model, `key_${key}`, value), foundBy: key }, value, decide);
    },
  };
}
