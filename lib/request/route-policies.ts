import type { Settings } from '../settings/settings.ts';
import type { RuleTable } from './authorize/match.ts';
import type { CredentialPolicy } from './identify.ts';

/** The policies of one route: an upstream of the gateway, or the part of an Express app that `protect()` guards. */
export type RoutePolicies = CredentialPolicy &
  Readonly<{
    rules: RuleTable;
    /** `aud` of the assertions for the upstream. */
    audience: string;
  }>;

/** The policies of the route that the settings describe, with these rules. */
export const routePolicies = (settings: Pick<Settings, 'upstreamAuthorization'>, rules: RuleTable): RoutePolicies =>
  Object.freeze({
    rules,
    audience: 'upstream',
    upstreamAuthorization: settings.upstreamAuthorization,
    origins: Object.freeze([]),
  });
