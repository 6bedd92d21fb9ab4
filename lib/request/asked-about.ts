import { ok, type Result, refused } from '../errors.ts';
import type { UserView } from '../services.ts';
import type { Settings } from '../settings/settings.ts';
import type { Ladder } from '../types.ts';
import { readRole } from './authorize/rules.ts';
import type { HypotheticalCaller, HypotheticalRequest } from './hypothetical.ts';

/** A request that somebody asks about, as they wrote it. */
export type WrittenRequest = Readonly<{ method: string; url: string }>;

/**
 * The request that a method and a URL, or a path, stand for; a sentence when they cannot be sent. The target is as written: nothing
 * of it is tidied, since it is what is decided on. A path is of the host of `PUBLIC_URL`, else of `localhost`.
 */
export function requestAskedAbout(
  { method, url }: WrittenRequest,
  { publicUrl }: Pick<Settings, 'publicUrl'>,
): Result<Pick<HypotheticalRequest, 'method' | 'target' | 'host'>> {
  if (!/^[A-Z-]+$/.test(method)) return unsendable('method', 'The method is written in capitals, such as GET.');
  if (!/^[\x21-\x7e]+$/.test(url))
    return unsendable('url', 'A URL holds visible ASCII characters only: encode what is none.');
  const [, named, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const host = named ?? (publicUrl === undefined ? 'localhost' : new URL(publicUrl).host);
  const target = rest ?? url;
  return ok({ method, host, target: target.startsWith('/') ? target : `/${target}` });
}

const unsendable = (field: string, message: string) =>
  refused('validation_failed', { detail: message, problems: [{ field, message }] });

type Sources = Readonly<{
  /** The user of a name, if there is one. */
  userNamed: (name: string) => Promise<UserView | undefined>;
  settings: Pick<Settings, 'autoLogin' | 'autoLoginUser' | 'superuser' | 'autoLoginRole'>;
  ladder: Ladder;
}>;

/**
 * Who makes the request: the user of a name, else somebody with a role. Without `as`, whom auto-login acts as, else nobody. Refused
 * for a user who may not sign in, and when there is neither such a user nor such a role.
 */
export async function callerAskedAbout(
  as: string | undefined,
  { userNamed, settings, ladder }: Sources,
): Promise<Result<HypotheticalCaller | undefined>> {
  if (as === undefined) return ok(await autoLoginCaller(userNamed, settings));
  const user = await userNamed(as);
  if (user !== undefined && !user.active) return refused('account_disabled', { detail: 'This user may not sign in.' });
  if (user !== undefined) return ok({ user, via: 'session' });
  const role = readRole(as, ladder);
  if (role === undefined) return refused('not_found', { detail: 'There is no such user, and no such role.' });
  if (ladder.position(role) === 0) return ok(undefined);
  return ok({ user: { id: '', username: `a-${role}`, role, emailConfirmed: false }, via: 'session' });
}

async function autoLoginCaller(userNamed: Sources['userNamed'], settings: Sources['settings']) {
  const { autoLogin, autoLoginUser, superuser, autoLoginRole: ceiling } = settings;
  const user = autoLogin ? await userNamed(autoLoginUser ?? superuser ?? 'local') : undefined;
  return user?.active ? ({ user, via: 'auto-login', ceiling } as const) : undefined;
}
