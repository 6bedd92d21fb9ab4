import type { IdentityHeader } from '../settings/identity-header.ts';
import type { Settings } from '../settings/settings.ts';
import type { Principal } from '../types.ts';
import type { RuleTable } from './authorize/match.ts';
import type { PathOptions } from './authorize/path.ts';
import type { Rule } from './authorize/rules.ts';
import type { CredentialPolicy } from './identify.ts';
import { type Headers, identityHeaderNames, identityHeaders } from './identity-headers.ts';
import type { Policies } from './policies.ts';

/** The policies of one route: an upstream of the gateway, or the part of an Express app that `protect()` guards. */
export type RoutePolicies = CredentialPolicy &
  Readonly<{
    /** Its host and path, for messages and the log; `upstream` for that of the settings. */
    name: string;
    rules: RuleTable;
    /** How the upstream reads paths. */
    paths: PathOptions;
    /** `aud` of the assertions for the upstream. */
    audience: string;
    /** `reused`: an assertion serves a principal for 30 seconds; `strict`: each is for one request. */
    assertion: AssertionMode;
    /** The headers that carry a principal to the upstream, the assertion excepted. */
    identityOf: (principal: Principal) => Headers;
    /** Their names. */
    identityNames: readonly string[];
    /** The names of the headers that the route sets besides, for explanations. */
    setNames: readonly string[];
    /** Pre-flights of other origins for public rules are answered by the gateway, and anonymous answers may be read by them. */
    publicCors: boolean;
    /** Whether the upstream may register a service worker that covers Gatewarden's own pages. */
    serviceWorkers: boolean;
  }>;

export type AssertionMode = 'reused' | 'strict';

/** What a route may have of its own; what is absent is as in the settings. */
export type RouteOptions = Readonly<{
  name?: string | undefined;
  /** Rules, parsed or as a text, in place of `RULES`. */
  rules?: string | readonly Rule[] | undefined;
  /** Default: `name`. */
  audience?: string | undefined;
  /** `sensitive`: paths are not read with their case folded. Default: `folded`. */
  case?: 'folded' | 'sensitive' | undefined;
  encodedSlashes?: PathOptions['encodedSlashes'];
  upstreamAuthorization?: boolean | undefined;
  /** Default: none. */
  origins?: readonly string[] | undefined;
  identityHeaders?: readonly IdentityHeader[] | undefined;
  /** Default: none. */
  setNames?: readonly string[] | undefined;
  /** Default: `reused`. */
  assertion?: AssertionMode | undefined;
  /** Default: false. */
  publicCors?: boolean | undefined;
  serviceWorkers?: boolean | undefined;
}>;

/**
 * Creates the policies of a route from the settings and what the route has of its own.
 * @throws SettingsError with every problem of its rules: `line 3: there is no role "foo"`
 */
export function routePolicies(
  { settings, policies }: Readonly<{ settings: Settings; policies: Policies }>,
  options: RouteOptions = {},
): RoutePolicies {
  const { name = 'upstream', audience = name, identityHeaders: chosen = settings.identityHeaders } = options;
  return Object.freeze({
    name,
    audience,
    rules: rulesOf({ settings, policies }, options),
    paths: pathsOf(settings, options),
    assertion: options.assertion ?? 'reused',
    identityOf: identityHeaders(chosen, policies.ladder),
    identityNames: identityHeaderNames(chosen),
    setNames: Object.freeze([...(options.setNames ?? [])]),
    upstreamAuthorization: options.upstreamAuthorization ?? settings.upstreamAuthorization,
    origins: Object.freeze([...(options.origins ?? [])]),
    publicCors: options.publicCors ?? false,
    serviceWorkers: options.serviceWorkers ?? settings.serviceWorkers === 'allow',
  });
}

function rulesOf(
  { settings, policies }: Readonly<{ settings: Settings; policies: Policies }>,
  options: RouteOptions,
): RuleTable {
  const { rules } = options;
  const paths = pathsOf(settings, options);
  if (rules === undefined && !paths.caseSensitive && paths.encodedSlashes === settings.encodedSlashes)
    return policies.rules;
  return policies.rulesOf(rules ?? settings.rules, paths);
}

const pathsOf = (settings: Settings, { case: letters, encodedSlashes }: RouteOptions): PathOptions => ({
  caseSensitive: letters === 'sensitive',
  encodedSlashes: encodedSlashes ?? settings.encodedSlashes,
});
