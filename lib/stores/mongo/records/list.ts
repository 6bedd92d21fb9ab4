import type { Model, QueryFilter } from 'mongoose';
import type { AnyKind, Identified, Kind } from '../../records/kind.ts';
import type { Page } from '../../records/page.ts';
import type { CountQuery, ListQuery, Unreadable, Versioned } from '../../records/records.ts';
import { pageLimit, readable } from '../fields.ts';
import { isStorable, recordOf } from './documents.ts';
import type { Stored } from './shape.ts';

const lastCodePoint = 0x10ffff;

/** The least text that is greater than every text with this prefix; `undefined` where there is none. */
function endOf(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  // U+D800 to U+DFFF are no characters.
  return last === undefined ? undefined : String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** The bounds of the texts of a page. */
function boundsOf({ after, prefix = '' }: Pick<ListQuery, 'after' | 'prefix'>): Record<string, string> {
  const end = endOf(prefix);
  return {
    $gte: prefix,
    ...(after !== undefined && { $gt: after }),
    ...(end !== undefined && { $lt: end }),
  };
}

function fieldOf({ name, orders }: AnyKind, order: string | undefined): string {
  if (order === undefined || order === 'id') return '_id';
  if (!Object.hasOwn(orders, order)) throw new TypeError(`the kind "${name}" has no order "${order}"`);
  return `order_${order}`;
}

function filterOf<R extends Identified>(kind: Kind<R>, field: string, query: ListQuery): QueryFilter<Stored> {
  const { owner } = query;
  if (owner !== undefined && kind.owner === undefined) throw new TypeError(`the kind "${kind.name}" has no owner`);
  return { ...(owner !== undefined && { _owner: owner }), [field]: boundsOf(query) };
}

/** Counts the records that a query selects. */
export async function count<R extends Identified>(
  kind: Kind<R>,
  model: Model<Stored>,
  { order, prefix, most }: CountQuery,
): Promise<number> {
  const field = fieldOf(kind, order);
  if (!isStorable(prefix)) return 0;
  return model.countDocuments({ [field]: boundsOf({ prefix }) }, { limit: most });
}

/** Reads a page. Records that cannot be read are left out, and given to `onUnreadable`. */
export async function list<R extends Identified>(
  kind: Kind<R>,
  model: Model<Stored>,
  query: ListQuery,
  onUnreadable: (record: Unreadable) => void = () => undefined,
): Promise<Page<Versioned<R>>> {
  const field = fieldOf(kind, query.order);
  const filter = filterOf(kind, field, query);
  const texts = [query.owner, query.after, query.prefix].filter((text) => text !== undefined);
  if (!texts.every(isStorable)) return { items: [] };
  const limit = pageLimit(query.limit);
  const found = await model
    .find(filter)
    .sort({ [field]: 1 })
    .limit(limit + 1)
    .lean<Stored[]>();
  const shown = found.slice(0, limit);
  const items = shown.flatMap((document) => {
    const record = readable(document, (one) => recordOf(kind, one));
    if (record === undefined) onUnreadable({ kind: kind.name, id: String(document._id) });
    return record ?? [];
  });
  const last = shown.at(-1);
  return found.length <= limit || last === undefined ? { items } : { items, next: String(last[field]) };
}
