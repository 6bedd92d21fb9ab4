import { addressKey } from '../../net/address-key.ts';
import type { AttemptStore } from '../../stores/attempts.ts';
import type { DeviceGrantRecord } from '../../stores/records/kinds/device-grant.ts';
import { grantLifetime } from './rules.ts';

/** The most requests that wait at a time: those of an address, and all. */
export const mostWaiting = { ofAddress: 40, all: 5_000 };

type Waiting = Pick<DeviceGrantRecord, 'id' | 'address'>;

/** The places of the requests that wait. A place is free again when the request would have expired. */
export function waitingPlaces(store: Pick<AttemptStore, 'hold' | 'letGo'>, most = mostWaiting) {
  const keysOf = ({ address }: Waiting) => ({ ofAddress: `devices:${addressKey(address)}`, all: 'devices' });

  return {
    /** False when the address has no place left, or nobody has. */
    async take(request: Waiting): Promise<boolean> {
      const keys = keysOf(request);
      const hold = (key: 'ofAddress' | 'all') => store.hold(keys[key], request.id, most[key], grantLifetime);
      if ((await hold('ofAddress')) === 0) return false;
      if ((await hold('all')) > 0) return true;
      await store.letGo(keys.ofAddress, request.id);
      return false;
    },
    async giveUp(request: Waiting): Promise<void> {
      for (const key of Object.values(keysOf(request))) await store.letGo(key, request.id);
    },
  };
}

export type WaitingPlaces = ReturnType<typeof waitingPlaces>;
