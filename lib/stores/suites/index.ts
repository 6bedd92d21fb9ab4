import { equal, ok } from 'node:assert/strict';
import { describe } from 'node:test';
import type { Stores } from '../stores.ts';
import { describeAttemptStore } from './attempt-store.ts';
import { describeAuditStore } from './audit-store.ts';
import { caseOf, type Open } from './cases.ts';
import { describeRecords } from './records-store.ts';
import { describeSessionStore } from './session-store.ts';

export type { Open };
export { describeAttemptStore, describeAuditStore, describeRecords, describeSessionStore };

/** Runs every suite over the stores of one installation; `open` returns empty ones each time. */
export function describeStores(name: string, open: () => Promise<Stores>): void {
  const openAll: Open<Stores> = async () => {
    const stores = await open();
    return { store: stores, close: () => stores.close() };
  };
  const openOne =
    <K extends keyof Stores>(store: K): Open<Stores[K]> =>
    async () => {
      const { store: stores, close } = await openAll();
      return { store: stores[store], close };
    };
  describeRecords(name, openOne('records'));
  describeSessionStore(name, openOne('sessions'));
  describeAttemptStore(name, openOne('attempts'));
  describeAuditStore(name, openOne('audit'));
  describeHealth(name, openAll);
}

function describeHealth(name: string, open: Open<Stores>): void {
  const check = caseOf(open);
  describe(`${name} stores together`, () => {
    check('are well while they are open, and say so when they are not', async (stores) => {
      const well = await stores.health();
      ok(well.length > 0);
      equal(
        well.every((one) => one.ok),
        true,
      );
      await stores.close();
      equal(
        (await stores.health()).some((one) => one.ok),
        false,
      );
    });
    check('say where things are kept', async (stores) => {
      ok(Object.keys(stores.describe()).length > 0);
    });
    check('may be closed twice', async (stores) => {
      await stores.close();
    });
  });
}
