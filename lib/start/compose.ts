import { clientSignIn } from '../accounts/client-sign-in.ts';
import { devicesService } from '../accounts/devices/index.ts';
import { firstAdmin } from '../accounts/first-admin.ts';
import { type InvitationDependencies, invitationsService } from '../accounts/invitations.ts';
import { passwordPolicy } from '../accounts/password-policy.ts';
import { passwordSignIn } from '../accounts/password-sign-in.ts';
import { signUpService } from '../accounts/sign-up.ts';
import { makeSuperuser } from '../accounts/superuser.ts';
import { usersService } from '../accounts/users.ts';
import { exportPlaces } from '../audit/export-places.ts';
import { type Audit, auditLog } from '../audit/log.ts';
import type { Core } from '../core.ts';
import { hopMarks } from '../crypto/hop-marks.ts';
import { checkSecretKey } from '../crypto/key-check.ts';
import { type Keyring, keyring, loadSecretKeys } from '../crypto/keyring.ts';
import { type PasswordHasher, passwordHasher } from '../crypto/password-hash.ts';
import { secretBox } from '../crypto/secret-box.ts';
import type { FigureKeeper } from '../figures/index.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type { Log } from '../log.ts';
import { type Brand, brandOf } from '../pages/brand/brand.ts';
import { credentialCache, systemClocks } from '../request/authenticate/cache.ts';
import { clientSecrets } from '../request/authenticate/client-secret.ts';
import { principals } from '../request/authenticate/principal.ts';
import { type Connections, openConnections } from '../request/connections.ts';
import type { Policies } from '../request/policies.ts';
import { type RouteOptions, type RoutePolicies, routePolicies } from '../request/route-policies.ts';
import { oneRoute, type RouteTable } from '../request/route-table.ts';
import type { SignInMode } from '../request/sign-in-sites.ts';
import { type UpstreamIdentity, upstreamIdentity } from '../request/upstream-identity.ts';
import { type BrowserSessions, browserSessions } from '../session/browser-sessions.ts';
import { namedSessionEnder } from '../session/end-named.ts';
import { handOvers } from '../session/hand-overs.ts';
import { passwordAuthenticator } from '../session/password-authenticator.ts';
import { sessionsService } from '../session/sessions.ts';
import { signedSessionId } from '../session/signed-cookie.ts';
import { issuerOf, type SettingOrigins } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';
import { checkDataDir } from '../stores/data-dir.ts';
import { type Opened, openStores } from '../stores/open.ts';
import { factsIn } from '../stores/records/facts.ts';
import type { Stores } from '../stores/stores.ts';
import { accessTokens } from '../tokens/access-tokens.ts';
import { apiTokens } from '../tokens/api-tokens.ts';
import { assertionSigner } from '../tokens/assertions.ts';
import { clientsService } from '../tokens/clients.ts';
import { endedTokenTeller } from '../tokens/ending.ts';
import { grantRevoker } from '../tokens/granting.ts';
import { signingKeys } from '../tokens/keys.ts';
import { readBrand } from './brand.ts';
import { openFigures } from './figures.ts';
import { housekeeping } from './housekeeping.ts';
import type { Resolved } from './load-settings.ts';
import { packageVersion } from './package-version.ts';
import { rememberIssuer } from './remembered-issuer.ts';
import { composeRequestPath } from './request-path.ts';
import { warnAtStart } from './warnings.ts';

/** A running installation: what the published object is made of. */
export interface Installation {
  readonly core: Core;
  readonly stores: Stores;
  readonly connections: Connections;
  /** The route of the settings. */
  readonly ownRoute: RoutePolicies;
  /** The route of the settings, with what is given in their place. Throws `SettingsError` for invalid rules. */
  routePolicies(options?: RouteOptions): RoutePolicies;
  readonly identity: UpstreamIdentity;
  /** The marks of a route by which a request is known that passed through it before, newest key first. */
  hopMarks(route: string): readonly string[];
  readonly on: Audit['on'];
  close(): Promise<void>;
}

/** What the caller may supply; everything else is made from the settings. The installation closes `opened.stores`. */
export type CompositionOptions = Readonly<{
  log: Log;
  opened?: Opened;
  hasher?: PasswordHasher;
  /** In place of the store's clock and of this machine's: tests move it. */
  clock?: () => number;
  /** Where requests are routed to. Default: the one route of the settings. */
  routes?: RouteTable;
  /** Where people sign in, asked at each request. Default: on the host of each service. */
  signIn?: () => SignInMode;
  /** How the services behind the gateway are. Default: there is no gateway. */
  upstreams?: NonNullable<Core['upstreams']>;
  /** Whether it serves requests: the store then remembers its issuer. Default: true. */
  serves?: boolean;
}>;

/** The dependencies that the parts of an installation share. */
type InstallationDependencies = Policies &
  Readonly<{
    settings: Settings;
    settingOrigins: SettingOrigins;
    brand: Brand;
    log: Log;
    stores: Stores;
    hasher: PasswordHasher;
    /** The store's clock, the same for all instances. */
    clock: () => number;
    /** The clock of this machine. */
    wall: () => number;
    bus: InvalidationBus;
    /** How long a cached credential is used, in milliseconds. */
    cacheLifetime: number;
    keyring: Keyring;
    audit: Audit;
    record: Audit['record'];
    counters: FigureKeeper;
    issuer: string;
    ownRoute: RoutePolicies;
    routes: RouteTable;
    signInMode: () => SignInMode;
    serves: boolean;
    upstreams: Core['upstreams'];
  }>;

/**
 * Builds an installation from its settings: opens the stores, checks the secret key, creates the superuser. Rejects with
 * `SettingsError` when the stores were created with another secret key, and when a store cannot be opened.
 */
export async function compose(resolved: Resolved, options: CompositionOptions): Promise<Installation> {
  const { settings } = resolved;
  const brand = options.serves === false ? brandOf({ name: settings.brandName }) : readBrand(settings);
  if (options.opened === undefined || settings.secretKey === undefined) await checkDataDir(settings);
  const secrets = await loadSecretKeys(settings);
  const opened = options.opened ?? (await openStores(settings, options.log));
  try {
    return await assemble({ ...dependenciesOf(resolved, secrets, opened, options), brand });
  } catch (error) {
    await opened.stores.close();
    throw error;
  }
}

function dependenciesOf(
  resolved: Resolved,
  secrets: readonly string[],
  opened: Opened,
  options: CompositionOptions,
): Omit<InstallationDependencies, 'brand'> {
  const { settings, policies, origins: settingOrigins } = resolved;
  const { log, hasher = passwordHasher(), serves = true } = options;
  const ownRoute = routePolicies(resolved);
  const { routes = oneRoute(ownRoute), signIn: signInMode = () => 'each-host', upstreams } = options;
  const clock = options.clock ?? (() => opened.stores.records.now());
  const audit = auditLog(opened.stores.audit, log, clock);
  const wall = options.clock ?? systemClocks.wall;
  const shared = { settings, settingOrigins, log, ...opened, hasher, clock, wall, audit, keyring: keyring(secrets) };
  const counters = openFigures({ stores: opened.stores, audit, clock, settings, log });
  const served = { counters, issuer: issuerOf(settings), ownRoute, routes, signInMode, serves, upstreams };
  return { ...policies, ...shared, record: audit.record, ...served };
}

async function assemble(dependencies: InstallationDependencies): Promise<Installation> {
  const { settings, stores, bus, clock, ladder, issuer, log, cacheLifetime } = dependencies;
  const facts = factsIn(stores.records);
  await checkSecretKey(facts, dependencies.keyring);
  const { core, cache, keys } = await servicesOf(dependencies);
  await makeSuperuser(core.firstAdmin, settings, ladder);
  if (dependencies.serves) await rememberIssuer({ facts, settings, issuer, log });
  await warnAtStart({ settings, records: stores.records, ladder, log });
  const connections = openConnections({ bus, clock, interval: cacheLifetime });
  const stopListening = stores.onForeignChange?.(() => {
    // What could not be told is told in the background.
    bus.publish({ kind: 'all', id: '' }).catch(() => undefined);
  });
  if (dependencies.serves) dependencies.counters.start();
  const stopHousekeeping = housekeeping({ stores, auditRetention: settings.auditRetention, keys, clock, log });
  return {
    core,
    stores,
    connections,
    ownRoute: dependencies.ownRoute,
    routePolicies: (given) => routePolicies({ settings, policies: dependencies }, given),
    identity: core.upstreamIdentity,
    hopMarks: (route) => hopMarks(dependencies.keyring.derive('hop-mark'), route),
    on: dependencies.audit.on,
    async close() {
      stopListening?.();
      stopHousekeeping();
      connections.close();
      cache.close();
      await Promise.all([dependencies.counters.close(), dependencies.audit.close()]);
      await stores.close();
    },
  };
}

const sessionServices = (dependencies: InstallationDependencies, secrets: readonly string[]) => ({
  browserSessions: browserSessions({ ...dependencies, secrets }),
  handOvers: handOvers({ ...dependencies, secrets, box: secretBox(dependencies.keyring.derive('hand-over')) }),
  sessions: sessionsService(dependencies),
  endNamed: namedSessionEnder(dependencies),
});

const tokenServices = (dependencies: InstallationDependencies, access: ReturnType<typeof accessTokens>) => ({
  accessTokens: access,
  verifyAccessToken: access.verify,
  tokens: apiTokens({ ...dependencies, inheritedFrom: access.inheritedFrom }),
  endTokenAgain: endedTokenTeller(dependencies),
  clients: clientsService({ ...dependencies, inheritedFrom: access.inheritedFrom }),
  revokeGranted: grantRevoker(dependencies),
  devices: devicesService({ ...dependencies, signInDevice: access.signInDevice }),
});

const cookieOf = ({ cookieNames, clearCookieHeader: header, clearedEverywhere: everywhere }: BrowserSessions) => ({
  cookieName: cookieNames[0] ?? '',
  cleared: { header, everywhere },
});

const cacheOf = ({ bus, cacheLifetime: lifetime, settings, wall }: InstallationDependencies) =>
  credentialCache({ bus, lifetime, entries: settings.cacheEntries, clocks: { ...systemClocks, wall } });

async function accountServices(dependencies: InstallationDependencies & Pick<InvitationDependencies, 'inheritedFrom'>) {
  const signIn = passwordSignIn(dependencies);
  const first = await firstAdmin(dependencies);
  return {
    users: usersService(dependencies),
    signIn,
    problemOfPassword: passwordPolicy(dependencies.settings),
    passwordAuthenticator: passwordAuthenticator(signIn),
    firstAdmin: first,
    invitations: invitationsService(dependencies),
    signUp: signUpService({ ...dependencies, adminIsNeeded: first.needed }),
  };
}

const administration = ({ audit, counters }: InstallationDependencies) => ({
  audit: audit.log,
  figures: counters.figures,
  exportPlaces: exportPlaces(),
  running: { version: packageVersion(), since: Date.now() },
});

async function servicesOf(dependencies: InstallationDependencies) {
  const { settings, stores, ladder, scopes, keyring: ring, clock } = dependencies;
  const box = secretBox(ring.derive('signing-keys'));
  const { tokenAlgorithm: algorithm, accessTokenLifetime: longest } = settings;
  const keys = signingKeys({ records: stores.records, box, algorithm, clock, longest });
  await keys.ready();
  const secrets = ring.derive('session-cookie').map((key) => key.toString('base64url'));
  const ofSessions = sessionServices(dependencies, secrets);
  const access = accessTokens({ ...dependencies, keys });
  const who = principals(ladder, scopes);
  const cache = cacheOf(dependencies);
  const requestPath = await composeRequestPath({
    ...dependencies,
    policies: dependencies,
    cache,
    principals: who,
    ...cookieOf(ofSessions.browserSessions),
    sessionIdIn: (cookie) => signedSessionId(cookie, secrets),
    verify: (token) => access.verify(token),
  });
  const core: Core = {
    ...dependencies,
    ...administration(dependencies),
    principals: who,
    anonymous: who.anonymous,
    ...(await accountServices({ ...dependencies, inheritedFrom: access.inheritedFrom })),
    ...ofSessions,
    ...tokenServices(dependencies, access),
    clientSignIn: clientSignIn({
      ...dependencies,
      secrets: clientSecrets({ records: stores.records, principals: who, cache, clock }),
    }),
    ...requestPath,
    upstreamIdentity: upstreamIdentity({ settings, sign: assertionSigner({ ...dependencies, keys }) }),
    jwks: () => keys.jwks(),
  };
  return { core, cache, keys };
}
