import type { Result } from '../errors.ts';
import type { Actor } from '../types.ts';
import type { TokenPair } from './internal.ts';
import type { Caller } from './sign-in.ts';

/** What a device asks for. `scopes`: the most that its tokens hold; default: all that the approver holds. */
export type NewDeviceRequest = Readonly<{ clientId: string; scopes?: readonly string[] | undefined }>;

/** The codes of a device (RFC 8628, 3.2): `userCode` as people type it, `expiresIn` and `interval` in seconds. */
export type DeviceCodes = Readonly<{ deviceCode: string; userCode: string; expiresIn: number; interval: number }>;

/** Who waits for an approval, and from where. Times in milliseconds since the epoch. */
export type DeviceRequest = Readonly<{
  /** The code as people type it. */
  userCode: string;
  clientId: string;
  scopes?: readonly string[] | undefined;
  address: string;
  agent?: string | undefined;
  createdAt: number;
  expiresAt: number;
}>;

/**
 * How a person approves: `typed` with the password for this very request, where `epoch` is the user's epoch when it was
 * verified; or `untyped`, by their session alone.
 */
export type DeviceApproval = Readonly<{ kind: 'typed'; epoch: number }> | Readonly<{ kind: 'untyped' }>;

/** The error codes of a device's poll: those of RFC 8628, 3.5, and `invalid_grant` of RFC 6749, 5.2. */
export type PollError = 'authorization_pending' | 'slow_down' | 'access_denied' | 'expired_token' | 'invalid_grant';

/** What a poll of a device is answered. */
export type Redemption =
  | Readonly<{ kind: 'granted'; pair: TokenPair }>
  | Readonly<{ kind: 'refused'; error: PollError }>;

/** Signing in on a device that has no browser: the device shows a code, and a person approves it elsewhere (RFC 8628). */
export interface Devices {
  /**
   * Starts a request. `invalid_credentials` for an unknown client, `insufficient_scope` for an unknown scope, `rate_limited` with
   * `retryAfter` when too many devices are waiting.
   */
  begin(wish: NewDeviceRequest, caller: Caller): Promise<Result<DeviceCodes>>;
  /**
   * The request that a code names, in any spelling. `not_found` for every code that cannot be approved: wrong, expired,
   * decided or used. `rate_limited` after too many of these; `approve` and `deny` count on the same counters.
   */
  find(userCode: unknown, by: Actor): Promise<Result<DeviceRequest>>;
  /**
   * Lets the device sign in as the actor. As `find`; and `token_revoked` when the actor's session has ended, or when their
   * password was changed since it was typed. A second approval by the same person changes nothing.
   */
  approve(userCode: unknown, approval: DeviceApproval, by: Actor): Promise<Result<DeviceRequest>>;
  /** Refuses the device, also one that the actor has approved and that has no tokens yet. As `find`. */
  deny(userCode: unknown, by: Actor): Promise<Result<DeviceRequest>>;
  /**
   * Answers a device's poll. Of concurrent polls one gets the tokens. `access_denied` too when the approver was deactivated or
   * their password was changed since.
   */
  redeem(deviceCode: string, clientId: string, caller: Caller): Promise<Redemption>;
}
