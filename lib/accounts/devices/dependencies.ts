import type { AccessTokens, DeviceRequest } from '../../services.ts';
import type { DeviceGrantRecord } from '../../stores/records/kinds/device-grant.ts';
import type { ScopeTable } from '../../types.ts';
import type { AccountDependencies } from '../dependencies.ts';

/** Dependencies of the device service. `signInDevice` issues the tokens. */
export type DeviceDependencies = Pick<AccountDependencies, 'stores' | 'record' | 'settings'> &
  Readonly<{ scopes: ScopeTable; signInDevice: AccessTokens['signInDevice'] }>;

/** What a person is shown of a request; `userCode` is the code as they typed it, in its usual form. */
export function viewOf(userCode: string, grant: DeviceGrantRecord): DeviceRequest {
  const { clientId, scopes, address, agent, createdAt, expiresAt } = grant;
  return Object.freeze({ userCode, clientId, scopes, address, agent, createdAt, expiresAt });
}

/** What the audit log says of a request. */
export const aboutDevice = ({ clientId, address }: DeviceGrantRecord) => ({ client: clientId, from: address });
