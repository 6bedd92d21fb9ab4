import type { Settings } from '../../settings/settings.ts';
import { clientCredentials } from './client-credentials.ts';
import { deviceCode, deviceCodeGrant } from './device-code.ts';
import type { Grant } from './grant.ts';
import { password } from './password.ts';
import { refreshToken } from './refresh-token.ts';

/** The grants of the token endpoint by their `grant_type`. */
const grants: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ['client_credentials', clientCredentials],
  ['refresh_token', refreshToken],
  ['password', password],
  [deviceCodeGrant, deviceCode],
]);

const isEnabled = (grant: Grant, settings: Settings): boolean => grant.isEnabled?.(settings) ?? true;

/** The grant of a `grant_type`; undefined for an unknown one and for one that the settings do not allow. */
export function grantOf(type: string, settings: Settings): Grant | undefined {
  const grant = grants.get(type);
  return grant !== undefined && isEnabled(grant, settings) ? grant : undefined;
}

/** Every `grant_type` that the settings allow. */
export const grantTypes = (settings: Settings): readonly string[] =>
  [...grants].filter(([, grant]) => isEnabled(grant, settings)).map(([type]) => type);
