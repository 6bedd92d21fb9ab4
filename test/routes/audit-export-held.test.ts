import { equal, rejects } from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import type { Client } from '../support/http.ts';
import { until } from '../support/until.ts';
import { type HeldLog, heldLog } from './held-log.ts';
import { codeOf } from './site.ts';

let here: HeldLog;
let admin: Client;

beforeEach(async () => {
  here = await heldLog();
  admin = await here.signedIn('ada', 'admin');
  for (let n = 0; n < 410; n += 1) await here.gate.users.create({ username: `many${n}`, role: 'viewer' });
});
afterEach(() => here[Symbol.asyncDispose]());

const file = '/auth/admin/audit.csv';

/** Holds every page but the first until `resolve` is called. */
function holdPages(): PromiseWithResolvers<void> {
  const held = Promise.withResolvers<void>();
  here.onList = async (after) => void (after !== undefined && (await held.promise));
  return held;
}

/** Asks for a file until there is one. */
const untilSent = (one: Client): Promise<void> =>
  until(async () => {
    const answer = await one.send(file, { method: 'HEAD' });
    return answer.status === 200;
  });

test('two files at a time are sent to one person and four in all; who goes leaves a place', async () => {
  const held = holdPages();
  const gone = new AbortController();
  const kept = [await admin.send(file), await admin.send(file, { signal: gone.signal })];
  equal(await codeOf(await admin.send(file)), '429 rate_limited');
  const bob = await here.signedIn('bob', 'admin');
  kept.push(await bob.send(file), await bob.send(file));
  const eve = await here.signedIn('eve', 'admin');
  const refused = await eve.send(file);
  equal(refused.headers.get('retry-after'), '15');
  equal(await codeOf(refused), '429 rate_limited');
  gone.abort();
  await untilSent(eve);
  held.resolve();
  for (const answer of kept.filter((one) => one !== kept[1])) equal((await answer.text()).includes('many0'), true);
  await untilSent(admin);
});

test('who is no admin any more gets no further records', async () => {
  const held = holdPages();
  const answer = await admin.send(file);
  equal(answer.status, 200);
  await here.gate.users.create({ username: 'other', role: 'admin' });
  await here.gate.users.edit('ada', { role: 'operator' });
  held.resolve();
  await rejects(answer.text());
});

test('an outage before the first record is 503, one after it breaks the file off', async () => {
  here.onList = () => Promise.reject(new StoreUnavailableError('sqlite'));
  equal(await codeOf(await admin.send(file)), '503 store_unavailable');
  here.onList = async (after) => {
    if (after !== undefined) throw new StoreUnavailableError('sqlite');
  };
  const answer = await admin.send(file);
  equal(answer.status, 200);
  await rejects(answer.text());
});
