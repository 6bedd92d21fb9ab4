import type { PollError } from '../../services.ts';
import { invalidRequest, oauthError } from './errors.ts';
import { type Grant, type GrantCall, granted } from './grant.ts';

/** `grant_type` of a device's poll (RFC 8628, 3.4). */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const descriptions: Readonly<Record<PollError, string>> = {
  authorization_pending: 'Nobody has approved the device yet.',
  slow_down: 'The device asks too often: it must wait five seconds longer each time.',
  access_denied: 'The device was refused.',
  expired_token: 'The code has expired. Start again.',
  invalid_grant: 'The device code is not valid.',
};

/** RFC 8628, 3.4: tokens for a device that a person has approved. */
export const deviceCode: Grant = {
  async issue(call) {
    const { core, caller, client, parameters } = call;
    if (parameters.device_code === undefined) return invalidRequest('device_code is missing.');
    const redeemed = await core.devices.redeem(parameters.device_code, client.clientId, caller);
    if (redeemed.kind === 'granted') return granted(redeemed.pair);
    const { error } = redeemed;
    if (error === 'invalid_grant') await noteRefusal(call);
    return oauthError(400, error, { detail: descriptions[error] });
  },
};

function noteRefusal({ core, caller, prefix }: GrantCall): Promise<void> {
  const about = { subject: `${prefix}/oauth/token`, detail: { method: 'POST' } };
  return core.record({ event: 'access.denied', actor: '', via: 'none', ...caller, outcome: 'invalid_token', ...about });
}
