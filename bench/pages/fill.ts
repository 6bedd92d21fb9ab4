import { setImmediate as turn } from 'node:timers/promises';
import { recordIds } from '../../lib/audit/entry.ts';
import type { AuditRecord } from '../../lib/stores/audit.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { sessionIdOf, sessionOf, userIdOf, userOf } from '../scale/people.ts';
import { fillFigures } from './figures.ts';

/** How much an installation holds: users, sessions of one of them, records in the audit log. */
export type Extent = Readonly<{ users: number; sessions: number; audit: number }>;

/** The number of the admin who looks at the pages, and of the user with many sessions. */
export const admin = 0;
export const crowded = 1;

const batch = 1_000;
const day = 86_400_000;

const roles = ['viewer', 'user', 'user', 'operator'] as const;
const stateOf = (n: number): UserRecord['state'] => (n % 50 === 2 ? 'pending' : n % 20 === 3 ? 'disabled' : 'active');

const personOf = (n: number, now: number): UserRecord =>
  n === admin || n === crowded
    ? { ...userOf(n, now), role: 'admin' }
    : { ...userOf(n, now), role: roles[n % roles.length] ?? 'user', state: stateOf(n), createdAt: now - n };

const events = [
  ...['login.succeeded', 'login.failed', 'access.denied', 'user.changed', 'token.created', 'token.revoked'],
  ...['session.ended', 'logout', 'client.changed', 'invitation.changed'],
];

async function inBatches(size: number, write: (numbers: readonly number[]) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < size; first += batch) {
    await write(Array.from({ length: Math.min(batch, size - first) }, (_, at) => first + at));
    await turn();
  }
}

/** Ninety days, the newest last; a tenth of it about the user with many sessions. */
function recorder(extent: Extent, now: number): (n: number) => AuditRecord {
  const nextId = recordIds();
  return (n) => {
    const at = now - Math.floor((90 * day * (extent.audit - n)) / extent.audit);
    const event = events[n % events.length] ?? '';
    const isRefusal = event === 'login.failed' || event === 'access.denied';
    const actor = userOf(n % 10 === 0 ? crowded : n % extent.users, now).username;
    return {
      ...{ id: nextId(at), at, event, actor, via: 'session', address: `198.51.100.${n % 250}`, agent: 'Mozilla/5.0' },
      ...{ subject: `user:${actor}`, outcome: isRefusal ? 'invalid_credentials' : 'ok', share: actor },
    };
  };
}

/** Fills the stores through their verbs; returns the seconds that it took. */
export async function fillPages(stores: Stores, extent: Extent, now: number): Promise<number> {
  const startedAt = performance.now();
  await inBatches(extent.users, (numbers) =>
    stores.records.addMany(
      userKind,
      numbers.map((n) => personOf(n, now)),
    ),
  );
  await stores.sessions.create(sessionOf(admin, now));
  await inBatches(extent.sessions, (numbers) =>
    Promise.all(
      numbers.map((n) =>
        stores.sessions.create({
          ...sessionOf(crowded, now),
          ...(n > 0 && { id: sessionIdOf(1_000_000_000 + n) }),
          ...{ userId: userIdOf(crowded), createdAt: now - n, lastSeenAt: now - n },
        }),
      ),
    ),
  );
  const record = recorder(extent, now);
  await inBatches(extent.audit, (numbers) => stores.audit.append(numbers.map(record)));
  await fillFigures(stores, now);
  return (performance.now() - startedAt) / 1000;
}
