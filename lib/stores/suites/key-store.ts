import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { KeyStore } from '../records/keys.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { aKey, start } from './records.ts';

/** The contract of `KeyStore`. */
export function describeKeyStore(name: string, open: Open<KeyStore>): void {
  const check = caseOf(open);
  const kids = async (keys: KeyStore) => (await keys.list()).map((key) => key.kid);
  describe(`${name} key store`, () => {
    check('gives back keys, newest first', async (keys) => {
      same(await keys.list(), []);
      equal(await keys.add(aKey('k1'), undefined), true);
      equal(await keys.add(aKey('k2', start + 1), 'k1'), true);
      same(await keys.list(), [aKey('k2', start + 1), aKey('k1')]);
    });
    check('adds one first key among 100 at once', async (keys) => {
      same(tally(await atOnce(100, (n) => keys.add(aKey(`k${n}`), undefined))), { true: 1, false: 99 });
      equal((await keys.list()).length, 1);
    });
    check('adds one next key among 100 at once', async (keys) => {
      await keys.add(aKey('first'), undefined);
      same(tally(await atOnce(100, (n) => keys.add(aKey(`k${n}`, start + 1), 'first'))), { true: 1, false: 99 });
      equal((await keys.list()).length, 2);
    });
    check('adds nothing after a key that is no longer the newest, or never was', async (keys) => {
      await keys.add(aKey('k1'), undefined);
      await keys.add(aKey('k2', start + 1), 'k1');
      equal(await keys.add(aKey('k3', start + 2), 'k1'), false);
      equal(await keys.add(aKey('k3', start + 2), undefined), false);
      equal(await keys.add(aKey('k3', start + 2), 'unknown'), false);
      same(await kids(keys), ['k2', 'k1']);
    });
    check('removes a key', async (keys) => {
      await keys.add(aKey('k1'), undefined);
      await keys.add(aKey('k2', start + 1), 'k1');
      await keys.remove('k1');
      await keys.remove('unknown');
      same(await kids(keys), ['k2']);
    });
  });
}
