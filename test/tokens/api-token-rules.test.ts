import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiTokenRecord } from '../../lib/stores/records/kinds/api-token.ts';
import { ended, isOver, live } from '../../lib/tokens/api-token-rules.ts';

const token = (id: string, more: Partial<ApiTokenRecord> = {}): ApiTokenRecord & { version: number } => ({
  ...{ id, userId: 'u', name: id, hash: id, epoch: 3, createdAt: 1, version: 1 },
  ...more,
});
const owner = { id: 'u', state: 'active', tokenEpoch: 3 } as const;

describe('a token ends', () => {
  it('once, at the time of the store', () => {
    const first = ended(token('a'), 7);
    deepEqual(first, { kind: 'put', record: token('a', { endedAt: 7 }), answer: true });
    deepEqual(ended(token('a', { endedAt: 7 }), 9), { kind: 'keep', answer: false });
    deepEqual(ended(undefined, 9), { kind: 'keep', answer: false });
  });
});

describe('a token is over', () => {
  const disabled = { ...owner, state: 'disabled' } as const;
  const removed = { ...owner, state: 'removed' } as const;
  const cases: [title: string, over: boolean, of: ApiTokenRecord, by: Parameters<typeof isOver>[1]][] = [
    ['no', false, token('a'), { owner, makers: [] }],
    ['no: its owner is not active', false, token('a'), { owner: disabled, makers: [] }],
    ['no: it has expired', false, token('a', { expiresAt: 1 }), { owner, makers: [] }],
    ['it was ended', true, token('a', { endedAt: 1 }), { owner, makers: [] }],
    ['its owner ended all', true, token('a', { epoch: 2 }), { owner, makers: [] }],
    ['its owner was deleted', true, token('a'), { owner: removed, makers: [] }],
    ['there is no owner', true, token('a'), { owner: undefined, makers: [] }],
    ['no: its makers are not', false, token('a'), { owner, makers: [token('b'), token('c')] }],
    ['a maker was ended', true, token('a'), { owner, makers: [token('b'), token('c', { endedAt: 1 })] }],
    ['a maker is no more', true, token('a'), { owner, makers: [undefined, token('c')] }],
    ['a maker is another user’s', true, token('a'), { owner, makers: [token('b', { userId: 'v' })] }],
  ];
  for (const [title, over, of, by] of cases) it(title, () => equal(isOver(of, by), over));

  it('and is not among the live ones, nor is what it made', () => {
    const all = [
      token('a'),
      token('b', { epoch: 2 }),
      token('c', { makers: ['b'] }),
      token('d', { makers: ['b', 'c'] }),
      token('e', { makers: ['a'] }),
      token('f', { makers: ['gone'] }),
    ];
    const ids = live(all, owner).map(({ id }) => id);
    deepEqual(ids, ['a', 'e']);
  });
});
