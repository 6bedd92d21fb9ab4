import { sha256 } from '../../crypto/digest.ts';
import type { Caller, Devices, PollError, Redemption } from '../../services.ts';
import { deviceGrantKind } from '../../stores/records/kinds/device-grant.ts';
import { type UserRecord, userKind } from '../../stores/records/kinds/user.ts';
import { isDeviceCode } from './begin.ts';
import type { DeviceDependencies } from './dependencies.ts';
import { type Approval, type Polled, polled } from './rules.ts';
import type { WaitingPlaces } from './waiting.ts';

type Approved = Extract<Polled, { kind: 'approved' }>;

const errors: Readonly<Record<Exclude<Polled['kind'], 'approved'>, PollError>> = {
  unknown: 'invalid_grant',
  expired: 'expired_token',
  denied: 'access_denied',
  pending: 'authorization_pending',
  early: 'slow_down',
};

const refusal = (kind: keyof typeof errors): Redemption => ({ kind: 'refused', error: errors[kind] });

/** Whether the approver is still who they were: a change of password or activity raises the epoch. */
const stands = ({ epoch }: Approval, user: UserRecord | undefined): user is UserRecord =>
  user?.state === 'active' && user.epoch === epoch;

/** Answers the polls of devices. */
export function redeeming(dependencies: DeviceDependencies, places: WaitingPlaces): Devices['redeem'] {
  const { stores, record, signInDevice } = dependencies;
  const { records } = stores;

  async function poll(deviceCode: string, clientId: string): Promise<Polled> {
    if (!isDeviceCode(deviceCode)) return { kind: 'unknown' };
    const id = sha256(deviceCode);
    // Read first: codes that nobody was given cost no write.
    const found = await records.get(deviceGrantKind, id);
    if (found === undefined) return { kind: 'unknown' };
    const changed = await records.change(deviceGrantKind, id, polled(clientId));
    if (changed.kind === 'taken') return { kind: 'unknown' };
    // Not awaited: a place that is not given up ends by itself.
    if (changed.record === undefined) places.giveUp(found).catch(() => undefined);
    return changed.answer;
  }

  /** The request is removed already: when a store fails now, the device asks anew. */
  async function signIn({ grant, approval }: Approved, caller: Caller): Promise<Redemption> {
    const user = await records.get(userKind, approval.userId);
    const method = approval.typed ? 'device' : 'device-untyped';
    const about = { actor: user?.username ?? '', via: 'none', ...caller, detail: { door: 'device', method } } as const;
    if (!stands(approval, user)) {
      await record({ event: 'login.failed', ...about, outcome: 'token_revoked' });
      return refusal('denied');
    }
    const { at, typed } = approval;
    const pair = await signInDevice(user, { at, typed, scopes: grant.scopes }, caller);
    // Not awaited: a store that cannot write it delays nobody.
    records.note(userKind, user.id, records.now()).catch(() => undefined);
    await record({ event: 'login.succeeded', ...about, outcome: 'ok' });
    return { kind: 'granted', pair };
  }

  return async function redeem(deviceCode, clientId, caller) {
    const answer = await poll(deviceCode, clientId);
    return answer.kind === 'approved' ? signIn(answer, caller) : refusal(answer.kind);
  };
}
