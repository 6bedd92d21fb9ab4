import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { z } from 'zod';
import { name, whole } from '../../lib/stores/records/fields.ts';
import { kind } from '../../lib/stores/records/kind.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { linesOfKind } from '../../lib/transfer/lines.ts';
import { bringIn, emptyStores, end, linesFor, versions } from './moving.ts';

/** Facts whose schema is at version 3: first the value was called `old_text`, then there was no count. */
const later = kind({
  name: 'fact',
  version: 3,
  migrations: [
    ({ oldText, ...rest }) => ({ ...rest, value: oldText }),
    (fact) => ({ ...fact, value: `${fact.value}!` }),
  ],
  schema: z.object({ id: name, value: name }),
  keys: {},
  orders: {},
});

const file = (version: number, line: string) =>
  [
    JSON.stringify({ format: 'gatewarden-export', version: 2, kinds: { ...versions([later]), fact: version } }),
    line,
    end(1),
  ].join('\n');

const moves: readonly [version: number, line: string, value: string][] = [
  [1, '{"kind":"fact","id":"x","old_text":"a"}', 'a!'],
  [2, '{"kind":"fact","id":"x","value":"a"}', 'a!'],
  [3, '{"kind":"fact","id":"x","value":"a"}', 'a'],
];
for (const [version, line, value] of moves) {
  test(`a record of version ${version} is brought to version 3 by the migrations of its kind`, () => {
    const { kind: _, ...fields } = JSON.parse(line);
    deepEqual(linesOfKind<{ id: string; value: string }>(later).recordOf(fields, version), { id: 'x', value });
  });
}

test('a file of an older version is imported by the migrations', async () => {
  const stores = await emptyStores();
  const kinds = [{ ...factKind, version: later.version, migrations: later.migrations }];
  const { problems } = await bringIn(stores, file(1, '{"kind":"fact","id":"x","old_text":"a"}'), { kinds });
  deepEqual(problems, []);
  equal((await stores.records.get(factKind, 'x'))?.value, 'a!');
});

test('the lines of a kind follow from its declaration: names in snake case, in the order of the schema', () => {
  const invitation = kind({
    name: 'invitation',
    version: 1,
    migrations: [],
    schema: z.object({
      id: name,
      madeBy: z.object({ userId: name, atAddress: name.optional() }),
      usesLeft: z.array(z.object({ usedAt: whole })),
      labels: z.record(z.string(), z.string()),
    }),
    keys: {},
    orders: {},
  });
  const record = { usesLeft: [{ usedAt: 1 }], id: 'i', labels: { bC: '2', aB: '1' }, madeBy: { userId: 'u', x: 1 } };
  const [line = ''] = linesFor(invitation, record);
  equal(
    line,
    '{"kind":"invitation","id":"i","made_by":{"user_id":"u"},"uses_left":[{"used_at":1}],"labels":{"aB":"1","bC":"2"}}',
  );
  const { kind: _, ...fields } = JSON.parse(line);
  deepEqual(linesOfKind(invitation).recordOf(fields), {
    ...{ id: 'i', madeBy: { userId: 'u' }, usesLeft: [{ usedAt: 1 }] },
    labels: { aB: '1', bC: '2' },
  });
});
