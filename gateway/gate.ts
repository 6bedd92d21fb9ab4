import type { Decision, Gatewarden } from 'gatewarden';

/** What the gateway's server asks of the package on each request. */
export type Gate = Pick<
  Gatewarden,
  'decide' | 'answer' | 'outage' | 'identity' | 'watch' | 'cookieNames' | 'clearCookieHeader' | 'settings' | 'router'
>;

export type Allowed = Extract<Decision, { allow: true }>;
export type Denied = Extract<Decision, { allow: false }>;
