import { sha256 } from '../../crypto/digest.ts';
import { randomBase62 } from '../../crypto/random.ts';
import { ok, refused } from '../../errors.ts';
import type { Devices, NewDeviceRequest } from '../../services.ts';
import { publicClient } from '../../stores/records/kinds/client.ts';
import { type DeviceGrantRecord, deviceGrantKind } from '../../stores/records/kinds/device-grant.ts';
import type { DeviceDependencies } from './dependencies.ts';
import { grantLifetime, pollInterval } from './rules.ts';
import { makeUserCode, userCodeHash } from './user-codes.ts';
import type { WaitingPlaces } from './waiting.ts';

/** 256 bits. */
const deviceCodeLength = 43;
const longestAgent = 512;
/** `retryAfter` in seconds when no place is free: it takes at most ten times that. */
const busyFor = grantLifetime / 10_000;

/** Whether a text has the form of a device code. Does not tell whether it was issued. */
export const isDeviceCode = (text: string): boolean => text.length === deviceCodeLength && /^[0-9A-Za-z]+$/.test(text);

const unknownClient = refused('invalid_credentials', { detail: 'There is no such client.' });
const unknownScope = refused('insufficient_scope', { detail: 'There is no such scope.' });
const tooMany = refused('rate_limited', {
  retryAfter: busyFor,
  detail: 'Too many devices are waiting for an approval.',
});

/** Starts the requests of devices. */
export function beginning({ stores, scopes }: DeviceDependencies, places: WaitingPlaces): Devices['begin'] {
  const { records } = stores;

  /** Stores the request with a user code that no other has; returns that code. */
  async function add(request: Omit<DeviceGrantRecord, 'userCodeHash'>): Promise<string> {
    const userCode = makeUserCode();
    const added = await records.add(deviceGrantKind, { ...request, userCodeHash: userCodeHash(userCode) });
    return added.kind === 'added' ? userCode : add(request);
  }

  /** Each scope once; `undefined` when none is named. */
  const named = ({ scopes: wanted = [] }: NewDeviceRequest) => (wanted.length === 0 ? undefined : [...new Set(wanted)]);

  return async function begin(wish, { address, agent }) {
    if (wish.clientId !== publicClient) return unknownClient;
    const wanted = named(wish);
    if (wanted?.some((scope) => !scopes.has(scope))) return unknownScope;
    const deviceCode = randomBase62(deviceCodeLength);
    const id = sha256(deviceCode);
    if (!(await places.take({ id, address }))) return tooMany;
    const createdAt = records.now();
    const userCode = await add({
      ...{ id, clientId: wish.clientId, scopes: wanted, address, agent: agent?.slice(0, longestAgent) },
      ...{ createdAt, expiresAt: createdAt + grantLifetime, interval: pollInterval },
    });
    return ok({ deviceCode, userCode, expiresIn: grantLifetime / 1000, interval: pollInterval / 1000 });
  };
}
