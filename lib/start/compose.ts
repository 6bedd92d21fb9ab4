import { firstAdmin } from '../accounts/first-admin.ts';
import { autoLoginName } from '../accounts/local-user.ts';
import { passwordSignIn } from '../accounts/password-sign-in.ts';
import { makeSuperuser } from '../accounts/superuser.ts';
import { usersService } from '../accounts/users.ts';
import { type Audit, auditLog } from '../audit/log.ts';
import type { Core } from '../core.ts';
import { checkSecretKey } from '../crypto/key-check.ts';
import { type Keyring, keyring, loadSecretKeys } from '../crypto/keyring.ts';
import { type PasswordHasher, passwordHasher } from '../crypto/password-hash.ts';
import { secretBox } from '../crypto/secret-box.ts';
import type { ErrorCode, Refusal } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type { Log } from '../log.ts';
import { errorPage } from '../pages/index.ts';
import { accessTokenAuthenticator } from '../request/authenticate/access-token.ts';
import { apiTokenAuthenticator } from '../request/authenticate/api-token.ts';
import { autoLogin } from '../request/authenticate/auto-login.ts';
import { type CredentialCache, credentialCache } from '../request/authenticate/cache.ts';
import { chain } from '../request/authenticate/chain.ts';
import { principals } from '../request/authenticate/principal.ts';
import { sessionAuthenticator } from '../request/authenticate/session.ts';
import { autoLoginMayRead, comesFromOurselves } from '../request/authorize/same-origin.ts';
import { openConnections, type Watch } from '../request/connections.ts';
import type { Decision } from '../request/decide.ts';
import { decider } from '../request/decide.ts';
import type { RequestHead } from '../request/extract/head.ts';
import { extractor } from '../request/extract/index.ts';
import { isNavigation } from '../request/extract/navigation.ts';
import { sourceReader } from '../request/extract/source.ts';
import type { RequestPath } from '../request/identify.ts';
import { requestPath } from '../request/identify.ts';
import type { Policies } from '../request/policies.ts';
import { respond } from '../request/respond/index.ts';
import { ownHeaders } from '../request/respond/own-headers.ts';
import type { Answer } from '../request/respond/write.ts';
import { type IdentityHeader, identityTeller } from '../request/upstream-identity.ts';
import { browserSessions } from '../session/browser-sessions.ts';
import { passwordAuthenticator } from '../session/password-authenticator.ts';
import { sessionsService } from '../session/sessions.ts';
import { signedSessionId } from '../session/signed-cookie.ts';
import { issuerOf } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';
import { type Opened, openStores } from '../stores/open.ts';
import type { Stores } from '../stores/stores.ts';
import { accessTokens } from '../tokens/access-tokens.ts';
import { apiTokens } from '../tokens/api-tokens.ts';
import { assertionSigner } from '../tokens/assertions.ts';
import { signingKeys } from '../tokens/keys.ts';
import type { Principal } from '../types.ts';
import { housekeeping } from './housekeeping.ts';
import type { Resolved } from './load-settings.ts';
import { warnAtStart } from './warnings.ts';

/** An installation put together: what the published object is made of. */
export interface Installation {
  readonly core: Core;
  readonly stores: Stores;
  readonly open: Watch;
  readonly decide: (req: RequestHead) => Promise<Decision>;
  readonly decideBy: (rules: string | undefined) => (req: RequestHead) => Promise<Decision>;
  answer(req: RequestHead, decision: Extract<Decision, { allow: false }>, signIn: string | undefined): Answer;
  readonly identity: (
    principal: Principal,
    audience: string,
  ) => readonly IdentityHeader[] | Promise<readonly IdentityHeader[]>;
  readonly on: Audit['on'];
  close(): Promise<void>;
}

/** What an installation may bring of its own; everything else is made from the settings. It closes the stores. */
export type CompositionOptions = Readonly<{ log: Log; opened?: Opened; hasher?: PasswordHasher; clock?: () => number }>;

/** What all parts of an installation share. */
type InstallationDependencies = Policies &
  Readonly<{
    settings: Settings;
    log: Log;
    stores: Stores;
    hasher: PasswordHasher;
    clock: () => number;
    bus: InvalidationBus;
    /** How long what was read of a store is believed, in milliseconds. */
    cacheLifetime: number;
    keyring: Keyring;
    audit: Audit;
    record: Audit['record'];
    issuer: string;
  }>;

/**
 * Puts an installation together from its settings: opens the stores, checks the key, makes what must be there at the
 * start. Rejects with `SettingsError` for a key that is not the one of the stores, and when a store cannot be opened.
 */
export async function compose(resolved: Resolved, options: CompositionOptions): Promise<Installation> {
  const { settings } = resolved;
  const secrets = await loadSecretKeys(settings);
  const opened = options.opened ?? (await openStores(settings, options.log));
  try {
    return await assemble(baseOf(resolved, secrets, opened, options));
  } catch (error) {
    await opened.stores.close();
    throw error;
  }
}

function baseOf(
  { settings, policies }: Resolved,
  secrets: readonly string[],
  opened: Opened,
  options: CompositionOptions,
): InstallationDependencies {
  const { log, hasher = passwordHasher(), clock = Date.now } = options;
  const audit = auditLog(opened.stores.audit, log, clock);
  const shared = { settings, log, ...opened, hasher, clock, audit, keyring: keyring(secrets) };
  return { ...policies, ...shared, record: audit.record, issuer: issuerOf(settings) };
}

async function assemble(base: InstallationDependencies): Promise<Installation> {
  const { settings, stores, bus, clock, ladder, issuer, log, cacheLifetime } = base;
  await checkSecretKey(stores.facts, base.keyring);
  const { core, known, keys } = await servicesOf(base);
  await makeSuperuser(core.firstAdmin, settings, ladder);
  await warnAtStart({ settings, users: stores.users, ladder, log });
  const decideBy = (rules?: string) => decider(core, rules === undefined ? base.rules : base.rulesOf(rules));
  const decide = decideBy();
  const open = openConnections({ bus, decide, clock, interval: Math.min(cacheLifetime, 30_000) });
  const stopListening = stores.onForeignChange(() => void bus.publish({ kind: 'all', id: '' }));
  const stopHousekeeping = housekeeping({ stores, keys, clock, log });
  const sign = assertionSigner({ keys, issuer, clock });
  return {
    core,
    stores,
    open,
    decide,
    decideBy,
    answer: (req, { refusal, clearCookie, retry }, signIn) =>
      core.requests.answer(req, refusal, { clearCookie, retry, signIn: settings.authEnabled ? signIn : undefined }),
    identity: identityTeller({ settings, ladder, sign }),
    on: base.audit.on,
    async close() {
      stopListening();
      stopHousekeeping();
      open.close();
      known.close();
      await stores.close();
    },
  };
}

async function servicesOf(base: InstallationDependencies) {
  const { settings, stores, ladder, scopes, audit, keyring: ring, clock, bus } = base;
  const box = secretBox(ring.derive('signing-keys'));
  const { tokenAlgorithm: algorithm, accessTokenLifetime: longest } = settings;
  const keys = signingKeys({ store: stores.keys, box, algorithm, clock, longest });
  await keys.ready();
  const secrets = ring.derive('session-cookie').map((key) => key.toString('base64url'));
  const browser = browserSessions({ ...base, secrets });
  const access = accessTokens({ ...base, keys });
  const who = principals(ladder, scopes);
  const known = credentialCache({ bus, clock, lifetime: base.cacheLifetime });
  const requests = await requestsOf(base, {
    known,
    who,
    cookieName: browser.cookieNames[0] ?? '',
    clearCookieHeader: browser.clearCookieHeader,
    sessionIdIn: (cookie) => signedSessionId(cookie, secrets),
    verify: (token) => access.verify(token),
  });
  const signIn = passwordSignIn(base);
  const core: Core = {
    ...base,
    audit: audit.log,
    principals: who,
    anonymous: who.anonymous,
    users: usersService(base),
    signIn,
    passwordAuthenticator: passwordAuthenticator(signIn),
    firstAdmin: await firstAdmin(base),
    sessions: sessionsService(base),
    browserSessions: browser,
    tokens: apiTokens(base),
    accessTokens: access,
    requests,
    jwks: () => keys.jwks(),
    denied: (principal, target, code) => void audit.record(deniedEvent(principal, target, code)),
  };
  return { core, known, keys };
}

const deniedEvent = ({ name, via }: Principal, target: string, outcome: ErrorCode) => ({
  event: 'access.denied' as const,
  actor: name,
  via,
  subject: target.split('?')[0],
  outcome,
});

type RequestDependencies = Readonly<{
  known: CredentialCache;
  who: ReturnType<typeof principals>;
  cookieName: string;
  clearCookieHeader: string;
  sessionIdIn: (cookie: string) => string | undefined;
  verify: ReturnType<typeof accessTokens>['verify'];
}>;

async function requestsOf(base: InstallationDependencies, parts: RequestDependencies): Promise<RequestPath> {
  const { settings, stores, clock, record, issuer } = base;
  const { known, who, cookieName, sessionIdIn, verify, clearCookieHeader } = parts;
  const { users, sessions, tokens } = stores;
  const shared = { users, sessions, tokens, principals: who, known, clock };
  const nameKey = settings.autoLogin ? await autoLoginName(users, settings, clock()) : '';
  const used = (principal: Principal, { address }: { address: string }) =>
    void record({ event: 'auto-login.used', actor: principal.name, via: 'auto-login', address, outcome: 'ok' });
  const { autoLoginRole: ceiling, autoLoginNetworks: networks } = settings;
  return requestPath({
    authEnabled: settings.authEnabled,
    upstreamAuthorization: settings.upstreamAuthorization,
    anonymous: who.anonymous,
    readSource: sourceReader(settings),
    hostIsServed: base.hostIsServed,
    extract: extractor({ cookieName, issuer }),
    authenticate: chain({
      session: sessionAuthenticator({ ...shared, sessionIdIn, idle: settings.sessionIdle }),
      apiToken: apiTokenAuthenticator(shared),
      accessToken: accessTokenAuthenticator({ ...shared, verify }),
    }),
    autoLogin: settings.autoLogin ? autoLogin({ ...shared, nameKey, ceiling, networks, used }) : undefined,
    comesFromOurselves: (req, source) => comesFromOurselves(req, source),
    autoLoginMayRead,
    isNavigation,
    respond: responder(settings, clearCookieHeader),
  });
}

type AnswerOptions = Parameters<RequestPath['answer']>[2];

/** One way of answering refusals: what `respond` gives, in the frame of this installation. */
function responder(settings: Settings, clearCookieHeader: string) {
  const { brandName, prefix } = settings;
  const common = ownHeaders(settings);
  return function answer(
    req: RequestHead,
    refusal: Refusal,
    { signIn, clearCookie, retry }: NonNullable<AnswerOptions>,
  ): Answer {
    const below = signIn?.replace(/\/login$/, '') ?? prefix;
    return respond({
      refusal,
      ownHeaders: common,
      navigation: isNavigation(req),
      signIn,
      target: req.url,
      method: req.method,
      clearCookieHeader: clearCookie ? clearCookieHeader : undefined,
      retry,
      page: (shown) => errorPage(shown, { brandName, prefix: below }),
    });
  };
}
