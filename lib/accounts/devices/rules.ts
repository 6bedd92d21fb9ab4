import type { DeviceGrantRecord } from '../../stores/records/kinds/device-grant.ts';
import type { Change, Decide } from '../../stores/records/records.ts';

/** How long a request can be approved and redeemed, in milliseconds. */
export const grantLifetime = 600_000;
/** How long a device waits between two polls, in milliseconds, and by how much that grows with each early one (RFC 8628, 3.5). */
export const pollInterval = 5_000;
const longestInterval = 60_000;
/** How much too early a poll may come, in milliseconds: the network does not delay every request alike. */
const tolerance = 500;

export type Approval = NonNullable<DeviceGrantRecord['approval']>;

/** What became of a decision. `void`: there is no such request, or it has expired, or it is decided otherwise. */
export type Decided = Readonly<{ kind: 'done'; isNew: boolean }> | Readonly<{ kind: 'void' }>;

/** What a poll met. `unknown`: there is no such request, or it belongs to another client. */
export type Polled =
  | Readonly<{ kind: 'unknown' | 'expired' | 'denied' | 'pending' | 'early' }>
  | Readonly<{ kind: 'approved'; grant: DeviceGrantRecord; approval: Approval }>;

const keep = <A>(answer: A): Change<DeviceGrantRecord, A> => ({ kind: 'keep', answer });
const remove = <A>(answer: A): Change<DeviceGrantRecord, A> => ({ kind: 'remove', answer });

const isOver = ({ expiresAt }: DeviceGrantRecord, now: number): boolean => expiresAt <= now;

/** Whether nobody has decided on the request. */
const isWaiting = (grant: DeviceGrantRecord, now: number): boolean =>
  !isOver(grant, now) && grant.denied !== true && grant.approval === undefined;

/** Finds a waiting request, and changes nothing. */
export const seen: Decide<DeviceGrantRecord, Decided> = (grant, now) =>
  keep(grant !== undefined && isWaiting(grant, now) ? { kind: 'done', isNew: false } : { kind: 'void' });

/** Approves a waiting request. The same person may approve it again: that changes nothing, unless their epoch was raised. */
export function approved(approval: Omit<Approval, 'at'>): Decide<DeviceGrantRecord, Decided> {
  return function approve(grant, now) {
    if (grant === undefined || isOver(grant, now) || grant.denied === true) return keep({ kind: 'void' });
    const before = grant.approval;
    if (before !== undefined && before.userId !== approval.userId) return keep({ kind: 'void' });
    if (before?.epoch === approval.epoch) return keep({ kind: 'done', isNew: false });
    const record = { ...grant, approval: { ...approval, at: now } };
    return { kind: 'put', record, answer: { kind: 'done', isNew: true } };
  };
}

/** Refuses a waiting request, or one that the same person has approved. It may be refused again, which changes nothing. */
export function denied(userId: string): Decide<DeviceGrantRecord, Decided> {
  return function deny(grant, now) {
    if (grant === undefined || isOver(grant, now)) return keep({ kind: 'void' });
    if (grant.denied === true) return keep({ kind: 'done', isNew: false });
    if (grant.approval !== undefined && grant.approval.userId !== userId) return keep({ kind: 'void' });
    const record = { ...grant, approval: undefined, denied: true };
    return { kind: 'put', record, answer: { kind: 'done', isNew: true } };
  };
}

/**
 * A poll before the interval is over lengthens it. A clock that was set back makes a poll early. Once the interval is at its
 * longest, early polls write nothing.
 */
function waited(grant: DeviceGrantRecord, now: number): Change<DeviceGrantRecord, Polled> {
  const { polledAt, interval } = grant;
  const isEarly = polledAt !== undefined && now - polledAt < interval - tolerance;
  if (!isEarly) return { kind: 'put', record: { ...grant, polledAt: now }, answer: { kind: 'pending' } };
  if (interval >= longestInterval && polledAt <= now) return keep({ kind: 'early' });
  const longer = Math.min(longestInterval, interval + pollInterval);
  return { kind: 'put', record: { ...grant, polledAt: now, interval: longer }, answer: { kind: 'early' } };
}

/** Decides on a poll of a client: what is approved or denied is removed, so that its answer is given once. */
export function polled(clientId: string): Decide<DeviceGrantRecord, Polled> {
  return function poll(grant, now) {
    if (grant === undefined || grant.clientId !== clientId) return keep({ kind: 'unknown' });
    if (isOver(grant, now)) return keep({ kind: 'expired' });
    if (grant.denied === true) return remove({ kind: 'denied' });
    const { version: _, ...record } = grant;
    return grant.approval === undefined
      ? waited(grant, now)
      : remove({ kind: 'approved', grant: record, approval: grant.approval });
  };
}
