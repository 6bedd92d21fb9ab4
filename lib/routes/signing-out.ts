import { NotToldError, ok, type Result, refused } from '../errors.ts';
import { grantsOf } from '../request/authenticate/principal.ts';
import type { AccessTokenClaims, NamedSession, UserTokenClaims } from '../services.ts';
import { presentedToken } from './presented-token.ts';
import type { CallContext } from './route.ts';

type Wish = Readonly<{ everywhere?: boolean }>;

/**
 * Ends the session or the access token of the request, with `everywhere` all sessions of the user, and clears the cookie.
 * API tokens stay valid: they are revoked by name. A credential that has ended is ended again, which tells it again; without one
 * that names a session or is a client's token, the request is refused.
 */
export async function signOut(entry: CallContext, { everywhere = false }: Wish = {}): Promise<Result<undefined>> {
  const { core, principal } = entry;
  const { name, via } = principal;
  if (principal.kind === 'anonymous' || via === 'auto-login') return signOutAgain(entry, { everywhere });
  const isOwn = principal.kind === 'user';
  const ended = await Promise.allSettled([isOwn && everywhere ? endAll(entry) : undefined, endPresented(entry)]);
  const failure = failureOf(ended);
  const stands = failure === undefined || failure instanceof NotToldError;
  if (isOwn && stands) await core.record({ event: 'logout', actor: name, via, ...entry.caller, outcome: 'ok' });
  if (failure !== undefined) throw failure;
  return ok(undefined);
}

const endAll = ({ core, principal, actor }: CallContext) => core.sessions.endAll(principal.name, {}, actor);

async function endPresented(entry: CallContext): Promise<unknown> {
  const { core, req, res, principal, actor } = entry;
  const { kind, name, via, sessionId } = principal;
  if (kind === 'client') return revokeGrants(entry);
  return via === 'access-token' && sessionId
    ? core.sessions.end(name, sessionId, actor)
    : core.browserSessions.end(req, res);
}

/** Revokes the access tokens of the client that calls. */
async function revokeGrants({ core, principal, actor }: CallContext): Promise<void> {
  for (const claims of grantsOf(principal)) await core.revokeGranted(claims, actor);
}

/** Of several failures, one that says that something was not done at all. */
function failureOf(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
  return reasons.find((reason) => !(reason instanceof NotToldError)) ?? reasons[0];
}

async function signOutAgain(entry: CallContext, wish: Wish): Promise<Result<undefined>> {
  const { core, req, res } = entry;
  const claims = await presentedClaims(entry);
  if (claims?.kind === 'user') await core.endNamed(sessionIn(claims), wish);
  else if (claims?.kind === 'client') await core.revokeGranted(claims);
  else if (entry.refusal !== undefined) return { ok: false, refusal: entry.refusal };
  else if (core.browserSessions.namedBy(req).length > 0) await core.browserSessions.end(req, res, wish);
  else return refused('missing_credential');
  return ok(undefined);
}

/** Ends one session by its id again, for a caller whose credential has ended with it. */
export async function endOwnAgain(entry: CallContext, sessionId: string): Promise<Result<undefined>> {
  const { core, req } = entry;
  const claims = await presentedClaims(entry);
  const named = claims?.kind === 'user' ? sessionIn(claims) : undefined;
  const isNamed = named?.id === sessionId || core.browserSessions.namedBy(req).includes(sessionId);
  if (!isNamed) return { ok: false, refusal: entry.refusal ?? { code: 'missing_credential' } };
  await core.endNamed(named ?? { id: sessionId });
  return ok(undefined);
}

/** The claims of the access token that the request presents, if its signature and its times are valid. */
async function presentedClaims(entry: CallContext): Promise<AccessTokenClaims | undefined> {
  const credential = presentedToken(entry);
  if (credential?.kind !== 'access-token') return undefined;
  const verified = await entry.core.verifyAccessToken(credential.token);
  return verified.ok ? verified.value : undefined;
}

const sessionIn = ({ sid, sub, exp }: UserTokenClaims): NamedSession => ({
  id: sid,
  userId: sub,
  expiresAt: exp * 1000,
});
