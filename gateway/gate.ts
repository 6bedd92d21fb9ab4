import type { InternalGate } from '#gate';

/** What the gateway's server asks of the gate on each request. */
export type Gate = Pick<
  InternalGate,
  | 'route'
  | 'refuse'
  | 'routePolicies'
  | 'answer'
  | 'outage'
  | 'identity'
  | 'watch'
  | 'cookieNames'
  | 'clearCookieHeader'
  | 'settings'
  | 'router'
>;
