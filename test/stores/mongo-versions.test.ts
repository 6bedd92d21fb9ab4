import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before, type TestContext } from 'node:test';
import { z } from 'zod';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { name, whole } from '../../lib/stores/records/fields.ts';
import { type AnyKind, kind } from '../../lib/stores/records/kind.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { rawDatabase } from './mongo-open.ts';
import { mongoProxy } from './mongo-proxy.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

const firstSchema = z.object({ id: name, label: name, width: whole, usedAt: whole.optional() });
const secondSchema = z.object({ id: name, label: name, size: z.object({ width: whole }), usedAt: whole.optional() });

const first = kind<z.infer<typeof firstSchema>>({
  name: 'gadget',
  version: 1,
  migrations: [],
  schema: firstSchema,
  keys: { label: ({ label }) => label },
  orders: {},
  note: 'usedAt',
});
/** `width` is within `size` now, and gadgets are listed by label. */
const second = kind<z.infer<typeof secondSchema>>({
  name: 'gadget',
  version: 2,
  migrations: [({ width, ...fields }) => ({ ...fields, size: { width } })],
  schema: secondSchema,
  keys: { label: ({ label }) => label },
  orders: { label: ({ label }) => label },
  note: 'usedAt',
});

async function freshDatabase(t: TestContext) {
  const url = server.url(`gatewarden_test_${randomUUID()}`);
  const raw = await rawDatabase(t, url);
  const open = async (...kinds: AnyKind[]) => {
    const stores = await openMongo({ url, kinds, patience: 0 });
    t.after(() => stores.close());
    return stores.records;
  };
  return { url, raw, open };
}

const gadgets = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `g${n}`, label: `gadget ${n}`, width: n, usedAt: 5 }));

test('records are migrated at the start, and keep their version, their last use and what is not known', async (t) => {
  const { raw, open } = await freshDatabase(t);
  await (await open(first)).addMany(first, gadgets(450));
  await raw('gadget_v1').updateOne({ _id: 'g7' }, { $set: { color: 'red' } });
  const records = await open(second);
  deepEqual(await records.get(second, 'g7'), {
    id: 'g7',
    label: 'gadget 7',
    size: { width: 7 },
    usedAt: 5,
    version: 1,
  });
  equal((await records.list(second, { limit: 1000, order: 'label' })).items.length, 450);
  const stored = await raw('gadget_v1').findOne({ _id: 'g7' });
  deepEqual([stored?.color, stored?.width, stored?._schema], ['red', undefined, 2]);
  deepEqual(await raw('schema').findOne({ _id: 'gadget' }), { _id: 'gadget', version: 2, migrated: 2 });
});

test('a migration that ended in the middle goes on at the next start, while two instances start', async (t) => {
  const { url, raw, open } = await freshDatabase(t);
  await (await open(first)).addMany(first, gadgets(1_000));
  const through = new URL(url);
  const proxy = await mongoProxy(t, Number(through.port || 27017));
  through.port = String(proxy.port);
  proxy.intercept({ command: 'gadget 450', lose: 'answer' });
  await rejects(openMongo({ url: through.href, kinds: [second], patience: 0 }), /cannot be used/);
  const left = await raw('gadget_v1').countDocuments({ _schema: 1 });
  equal(left > 0 && left < 1_000, true, `${left} are left`);
  const both = await Promise.all([open(second), open(second)]);
  equal(await raw('gadget_v1').countDocuments({ _schema: 2 }), 1_000);
  for (const records of both) equal((await records.get(second, 'g999'))?.size.width, 999);
});

test('a program that runs since before a migration damages no migrated record, and cannot read it', async (t) => {
  const { open } = await freshDatabase(t);
  const older = await open(first);
  await older.add(first, { id: 'g1', label: 'one', width: 1 });
  const newer = await open(second);
  await rejects(older.get(first, 'g1'), StoreUnavailableError);
  const change = older.change(first, 'g1', (gadget) => ({
    kind: 'put',
    record: { id: 'g1', label: 'one', width: (gadget?.width ?? 0) + 1 },
    answer: undefined,
  }));
  await rejects(change, StoreUnavailableError);
  equal((await newer.get(second, 'g1'))?.size.width, 1);
});

test('a record that it writes meanwhile is read as migrated, and migrated by its next change', async (t) => {
  const { raw, open } = await freshDatabase(t);
  const older = await open(first);
  const newer = await open(second);
  await older.add(first, { id: 'g1', label: 'one', width: 1 });
  equal((await newer.get(second, 'g1'))?.size.width, 1);
  await newer.change(second, 'g1', (gadget) =>
    gadget === undefined
      ? { kind: 'keep', answer: undefined }
      : { kind: 'put', record: { ...gadget, label: 'first' }, answer: undefined },
  );
  const stored = await raw('gadget_v1').findOne({ _id: 'g1' });
  deepEqual([stored?.width, stored?.size, stored?._schema, stored?.order_label], [undefined, { width: 1 }, 2, 'first']);
});

const refused = async (opening: Promise<unknown>) => {
  const [outcome] = await Promise.allSettled([opening]);
  return outcome.status === 'rejected' && outcome.reason instanceof Error ? outcome.reason.message : 'it starts';
};

test('an older program refuses a store of a newer one, and names both versions', async (t) => {
  const { raw, open } = await freshDatabase(t);
  await open(second);
  match(
    await refused(open(first)),
    /cannot be used: a newer version of Gatewarden has used it \(its records "gadget" have version 2, this version knows version 1\)$/,
  );
  const another: AnyKind = { ...first, name: 'widget' };
  match(await refused(open(another)), /its records "gadget" have version 2, this version does not know them/);
  deepEqual(
    (await raw('schema').find().toArray()).map(({ _id }) => _id),
    ['gadget'],
  );
});

test('a store with the collections of the layout before is refused, and nothing is written into it', async (t) => {
  const { raw, open } = await freshDatabase(t);
  await raw('users').insertOne({ _id: 'ada', id: 'u_ada' });
  match(
    await refused(open(first)),
    /cannot be used: its collection gatewarden_users has a layout that was never released/,
  );
  equal(await raw('schema').countDocuments(), 0);
});

test('instances of two versions that start at once agree: the newer one wins', async (t) => {
  const { open } = await freshDatabase(t);
  const starts = Array.from({ length: 8 }, (_, n) => open(n % 2 ? second : first));
  const outcomes = await Promise.all(starts.map(refused));
  deepEqual(
    outcomes.filter((_, n) => n % 2),
    Array.from({ length: 4 }, () => 'it starts'),
  );
  match(await refused(open(first)), /newer version/);
});

test('a kind cannot have a field with a name that the store uses itself', async (t) => {
  const { open } = await freshDatabase(t);
  const schema = z.object({ id: name, _mark: name });
  const reserved = kind({ name: 'odd', version: 1, migrations: [], schema, keys: {}, orders: {} });
  match(await refused(open(reserved)), /a field of the kind "odd" is called _mark/);
});
