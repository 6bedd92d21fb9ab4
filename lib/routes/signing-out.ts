import type { CallContext } from './route.ts';

/**
 * Ends the session or the access token of the request, with `everywhere` all sessions of the user, and clears the cookie.
 * API tokens stay valid: they are revoked by name.
 */
export async function signOut(entry: CallContext, { everywhere = false } = {}): Promise<void> {
  const { core, req, res, principal, actor } = entry;
  const { name, via, sessionId } = principal;
  const isOwn = principal.kind === 'user' && via !== 'auto-login';
  if (isOwn && everywhere) await core.sessions.endAll(name, {}, actor);
  if (via === 'access-token' && sessionId) await core.sessions.end(name, sessionId, actor);
  else await core.browserSessions.end(req, res);
  if (isOwn) await core.record({ event: 'logout', actor: name, via, ...entry.caller, outcome: 'ok' });
}
