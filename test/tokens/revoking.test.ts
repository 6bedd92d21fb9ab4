import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NotToldError } from '../../lib/errors.ts';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { listOf } from '../../lib/invalidation/bus.ts';
import { faultOfToken, standingOfToken } from '../../lib/services/standing.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { apiTokens } from '../../lib/tokens/api-tokens.ts';
import { by, codeOf, day, granted, openTokens } from './open.ts';

const operator = by('operator');

async function open() {
  const opened = await openTokens();
  const { tokens, records, time } = opened;
  const create = (name = 'ci') => tokens.create('operator', { name }, operator);
  const revoke = (name = 'ci') => tokens.revoke('operator', name, operator);
  async function faultOf(id: string) {
    const token = await records.get(apiTokenKind, id);
    return faultOfToken(token, token && (await standingOfToken(records, token)), time.now);
  }
  return { ...opened, create, revoke, faultOf };
}

describe('a revocation that is repeated', () => {
  it('succeeds, tells again, and is recorded once', async () => {
    const { create, revoke, published, events } = await open();
    const { id } = granted(await create()).view;
    for (let again = 0; again < 3; again += 1) equal(codeOf(await revoke()), 'ok');
    deepEqual(published, Array(3).fill({ kind: 'token', id, version: 2 }));
    equal(events.filter(({ event }) => event === 'token.revoked').length, 1);
  });

  it('finds the token that ended last of those that had the name', async () => {
    const { create, revoke, published, time } = await open();
    const ids: string[] = [];
    for (const _ of [1, 2, 3]) {
      time.now += 1000;
      ids.push(granted(await create()).view.id);
      granted(await revoke());
    }
    granted(await revoke());
    equal(published.at(-1)?.id, ids.at(-1));
  });

  it('never ends the token that has the name now, for it is another', async () => {
    const { create, revoke, faultOf } = await open();
    granted(await create());
    granted(await revoke());
    const { id } = granted(await create('ci2')).view;
    granted(await revoke());
    equal(await faultOf(id), undefined);
  });

  it('is found for a day', async () => {
    const { create, revoke, time, records } = await open();
    granted(await create());
    granted(await revoke());
    time.now += day - 1;
    equal(await records.sweep(apiTokenKind, 100), 0);
    equal(codeOf(await revoke()), 'ok');
    time.now += 1;
    equal(await records.sweep(apiTokenKind, 100), 1);
    equal(codeOf(await revoke()), 'not_found');
  });
});

describe('a revocation that cannot be told', () => {
  it('stands, is recorded, and is told by its repetition', async () => {
    const { create, parts, access, published, events, faultOf } = await open();
    const { id } = granted(await create()).view;
    let cut = true;
    const bus = {
      ...parts.bus,
      async publish(messages: Invalidation | readonly Invalidation[]) {
        if (cut) throw new NotToldError('redis');
        published.push(...listOf(messages));
      },
    };
    const tokens = apiTokens({ ...parts, bus, inheritedFrom: access.inheritedFrom });
    await rejects(tokens.revoke('operator', 'ci', operator), NotToldError);
    equal(await faultOf(id), 'token_revoked');
    equal(events.at(-1)?.event, 'token.revoked');
    const { length } = events;
    cut = false;
    granted(await tokens.revoke('operator', 'ci', operator));
    deepEqual(published, [{ kind: 'token', id, version: 2 }]);
    equal(events.length, length);
  });
});

describe('an API token has a life of its own', () => {
  it('refused while its owner is not active, valid again when they are', async () => {
    const { create, edit, faultOf } = await open();
    const { id } = granted(await create()).view;
    await edit('operator', ({ epoch, rights }) => ({ state: 'disabled', epoch: epoch + 1, rights: rights + 1 }));
    equal(await faultOf(id), 'token_revoked');
    await edit('operator', () => ({ state: 'active' }));
    equal(await faultOf(id), undefined);
  });

  it('whatever becomes of its owner’s password, role and sessions', async () => {
    const { create, edit, faultOf } = await open();
    const { id } = granted(await create()).view;
    await edit('operator', ({ epoch, rights }) => ({ role: 'viewer', epoch: epoch + 1, rights: rights + 1 }));
    equal(await faultOf(id), undefined);
  });
});

/** The records, with a step that runs once, before the first token is added. */
function beforeAdding(records: Records, step: () => Promise<unknown>): Records {
  let ran = false;
  return {
    ...records,
    async add(kind, record) {
      if (kind.name === apiTokenKind.name && !ran) {
        ran = true;
        await step();
      }
      return records.add(kind, record);
    },
  };
}

describe('a token that is made while', () => {
  it('its owner ends all is refused, and leaves its name', async () => {
    const { parts, access, records, edit, stores, tokens } = await open();
    const raised = beforeAdding(records, () => edit('operator', (user) => ({ tokenEpoch: user.tokenEpoch + 1 })));
    const slow = apiTokens({ ...parts, stores: { ...stores, records: raised }, inheritedFrom: access.inheritedFrom });
    equal(codeOf(await slow.create('operator', { name: 'ci' }, operator)), 'token_revoked');
    deepEqual(await tokens.list('operator'), { items: [] });
    equal(codeOf(await tokens.create('operator', { name: 'ci' }, operator)), 'ok');
  });

  it('the token that makes it ends is refused', async () => {
    const { parts, access, records, stores, tokens, create } = await open();
    const { id: tokenId } = granted(await create('maker')).view;
    const revoked = beforeAdding(records, () => tokens.revoke('operator', 'maker', operator));
    const slow = apiTokens({ ...parts, stores: { ...stores, records: revoked }, inheritedFrom: access.inheritedFrom });
    const maker = by('operator', { via: 'api-token', tokenId });
    equal(codeOf(await slow.create('operator', { name: 'ci' }, maker)), 'token_revoked');
    deepEqual(await tokens.list('operator'), { items: [] });
  });

  it('another gets its name leaves that one alone, though its own view of the owner is old', async () => {
    const { parts, access, records, edit, stores, tokens, faultOf } = await open();
    let id = '';
    const overtaken = beforeAdding(records, async () => {
      await edit('operator', (user) => ({ tokenEpoch: user.tokenEpoch + 1 }));
      id = granted(await tokens.create('operator', { name: 'ci' }, operator)).view.id;
    });
    const slow = apiTokens({
      ...parts,
      stores: { ...stores, records: overtaken },
      inheritedFrom: access.inheritedFrom,
    });
    equal(codeOf(await slow.create('operator', { name: 'ci' }, operator)), 'conflict');
    equal(await faultOf(id), undefined);
  });
});
