import { ok, type Refusal, type Result } from '../errors.ts';
import { refusalOf } from './guard.ts';
import { presentedToken } from './presented-token.ts';
import type { CallContext } from './route.ts';

/**
 * Revokes an API token of the caller by its name. A caller who presents that very token after it was revoked repeats the call:
 * it is told again.
 */
export async function revokeToken(entry: CallContext, name: string): Promise<Result<undefined>> {
  const { core, principal, actor, route, refusal } = entry;
  if (refusal !== undefined) return revokeAgain(entry, name, refusal);
  const denied = refusalOf(core, principal, { ...route, endsOwn: undefined });
  return denied ? { ok: false, refusal: denied } : core.tokens.revoke(principal.name, name, actor);
}

async function revokeAgain(entry: CallContext, name: string, refusal: Refusal): Promise<Result<undefined>> {
  const credential = presentedToken(entry);
  const isTold = credential?.kind === 'api-token' && (await entry.core.endTokenAgain(credential.token, name));
  return isTold ? ok(undefined) : { ok: false, refusal };
}
