import { type Result, refused } from '../errors.ts';
import { userWithId } from '../services/named-user.ts';
import type { NewPassword } from '../services.ts';
import type { Successor } from '../session/browser-sessions.ts';
import { endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { CallContext } from './route.ts';

type Typed = Readonly<{ current: unknown; next: string; endTokens?: boolean | undefined }>;
type Change = Readonly<{ user: UserRecord; wish: NewPassword; sessionId: string }>;

/** For this long, in milliseconds, a change may be repeated that was made and answered with 503. */
const repeats = 10 * 60_000;

/** The session of the caller goes on under a new id, so that a stolen copy of its cookie ends too. */
async function changeWithCookie(call: CallContext, { user, wish, sessionId: id }: Change): Promise<Result<undefined>> {
  const { core, req, res, actor } = call;
  const successor = await core.browserSessions.prepareSuccessor(req, res, { id, user });
  if (successor === undefined) return refused('token_revoked');
  const keep = { id, epoch: successor.of.epoch, newId: successor.id };
  // After an outage it is not known whether the change was made: the successor is valid in both cases, and its cookie is sent.
  const changed = await core.signIn.change(user.id, { ...wish, keep }, actor);
  if (!changed.ok) await successor.discard();
  else if (await isSignedOut(call, successor)) await successor.end();
  return changed;
}

/** A sign-out that named the old id holds for the new one too. */
async function isSignedOut({ core }: CallContext, { of }: Successor): Promise<boolean> {
  return (await core.stores.records.get(endedSessionKind, of.id)) !== undefined;
}

/** The session of an access token goes on as it is. */
async function changeWithToken({ core, actor }: CallContext, { user, wish, sessionId }: Change) {
  const { records, sessions } = core.stores;
  const keep = await sessions.find(sessionId, records.now());
  return keep === undefined ? refused('token_revoked') : core.signIn.change(user.id, { ...wish, keep }, actor);
}

/**
 * Verifies the current password. When the session was kept by a change a moment ago, that change may have been answered with
 * 503 and be repeated: then the new password is the current one already.
 */
async function confirm({ core, principal, actor }: CallContext, typed: Typed): Promise<Result<UserRecord>> {
  const confirmed = await core.signIn.confirm(actor, typed.current);
  if (confirmed.ok || confirmed.refusal.code !== 'confirmation_required') return confirmed;
  const { records } = core.stores;
  const kept = (await userWithId(records, principal.id))?.kept;
  if (kept === undefined || kept.id !== principal.sessionId || records.now() - kept.at >= repeats) return confirmed;
  const repeated = await core.signIn.confirm(actor, typed.next);
  return repeated.ok ? repeated : confirmed;
}

/**
 * Sets a new password for the caller, who confirms it with the current one. What else they are signed in with ends; API tokens
 * only with `endTokens`.
 */
export async function changePassword(call: CallContext, typed: Typed): Promise<Result<undefined>> {
  const { core, principal, actor } = call;
  const confirmed = await confirm(call, typed);
  if (!confirmed.ok) return confirmed;
  const user = confirmed.value;
  const wish = { password: typed.next, endTokens: typed.endTokens, epoch: user.epoch };
  const { via, sessionId } = principal;
  if (sessionId === undefined) return core.signIn.change(user.id, wish, actor);
  const change = { user, wish, sessionId };
  return via === 'session' ? changeWithCookie(call, change) : changeWithToken(call, change);
}
