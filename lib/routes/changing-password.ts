import { ok, type Result } from '../errors.ts';
import type { CallContext } from './route.ts';

/**
 * Sets a new password for the caller, who confirms it with the current one. What else they are signed in with ends. A
 * session of a browser goes on under a new id, so that a stolen copy of its cookie ends too; that of an access token goes on
 * as it is.
 */
export async function changePassword(
  { core, req, res, principal, actor }: CallContext,
  typed: Readonly<{ current: unknown; next: string }>,
): Promise<Result<undefined>> {
  const confirmed = await core.signIn.confirm(actor, typed.current);
  if (!confirmed.ok) return confirmed;
  const { id, via, sessionId } = principal;
  const keep = sessionId === undefined ? undefined : { sessionId, newId: via === 'session' };
  const changed = await core.signIn.change(id, typed.next, actor, keep);
  if (!changed.ok) return changed;
  if (keep?.newId && changed.value) await core.browserSessions.renew(req, res, changed.value);
  return ok(undefined);
}
