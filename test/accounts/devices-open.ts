import { randomUUID } from 'node:crypto';
import type { DeviceDependencies } from '../../lib/accounts/devices/dependencies.ts';
import { devicesService } from '../../lib/accounts/devices/index.ts';
import { epochRaised } from '../../lib/services/user-epoch.ts';
import type { Redemption } from '../../lib/services.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import type { Actor } from '../../lib/types.ts';
import { caller, day, granted, openTokens, principal } from '../tokens/open.ts';

const settings = {
  ...{ defaultRole: 'user', reservedNames: [], passwordMinLength: 12 },
  ...{ loginMaxFailures: 5, loginWindow: 900_000, loginMaxFailuresAddress: 100, loginMaxFailuresUser: 100 },
};

export const device = { address: '198.51.100.7', agent: 'gatewarden/1.0 (linux)' };

/** `granted`, or the error. */
export const answerOf = (redeemed: Redemption): string => (redeemed.kind === 'granted' ? 'granted' : redeemed.error);

/** The device service on a store in memory, or on these records. */
export async function openDevices(durable?: Records, more: Partial<typeof settings> = {}) {
  const opened = await openTokens('EdDSA', durable);
  const { stores, access, parts, records, user, edit } = opened;
  const dependencies: DeviceDependencies = {
    ...parts,
    settings: { ...parts.settings, ...settings, ...more },
    signInDevice: access.signInDevice,
  };
  const devices = devicesService(dependencies);

  /** A user with a browser session of theirs, as the actor. */
  async function person(role: string, address = '192.0.2.1'): Promise<Actor> {
    const now = records.now();
    const id = randomUUID();
    const { id: userId, epoch } = await user(role);
    await stores.sessions.create({
      ...{ id, userId, epoch, kind: 'browser', method: 'password', remember: false, data: '{}' },
      ...{ createdAt: now, lastSeenAt: now, expiresAt: now + day, idleAt: now + day },
    });
    return { principal: principal(role, { sessionId: id }), address };
  }

  const begin = async (from = device) => granted(await devices.begin({ clientId: 'gatewarden' }, from));
  const poll = async (deviceCode: string) => answerOf(await devices.redeem(deviceCode, 'gatewarden', device));
  const typed = async (role: string) => ({ kind: 'typed', epoch: (await user(role)).epoch }) as const;
  const raiseEpoch = (role: string) => edit(role, (one) => epochRaised(one, undefined, records.now()));
  return { ...opened, devices, dependencies, person, begin, poll, typed, raiseEpoch };
}

export { caller };
