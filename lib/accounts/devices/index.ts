import type { Devices } from '../../services.ts';
import { beginning } from './begin.ts';
import { deciding } from './decide.ts';
import type { DeviceDependencies } from './dependencies.ts';
import { redeeming } from './redeem.ts';
import { waitingPlaces } from './waiting.ts';

/** Signing in on a device that has no browser (RFC 8628). */
export function devicesService(dependencies: DeviceDependencies): Devices {
  const places = waitingPlaces(dependencies.stores.attempts);
  return {
    begin: beginning(dependencies, places),
    ...deciding(dependencies),
    redeem: redeeming(dependencies, places),
  };
}
