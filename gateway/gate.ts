import type { Decision } from 'gatewarden';
import type { InternalGate } from '#gate';

/** What the gateway's server asks of the gate on each request. */
export type Gate = Pick<
  InternalGate,
  'decide' | 'answer' | 'outage' | 'identity' | 'watch' | 'cookieNames' | 'clearCookieHeader' | 'settings' | 'router'
>;

export type Allowed = Extract<Decision, { allow: true }>;
export type Denied = Extract<Decision, { allow: false }>;
