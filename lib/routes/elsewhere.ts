import { type Result, refused } from '../errors.ts';
import { type AdminOnly, misdirected } from '../request/authorize/admin-url.ts';
import { isNavigation } from '../request/extract/navigation.ts';
import type { Identified } from '../request/identify.ts';
import { returnTo } from '../request/respond/return-to.ts';
import type { Answer } from '../request/respond/write.ts';
import { seeOther } from './reply.ts';
import type { CallContext, Route } from './route.ts';

type Placed = Pick<Route, 'surface' | 'tag'>;

type Asked = Pick<CallContext, 'core' | 'route' | 'req' | 'prefix'>;

/** What `ADMIN_URL` means for a route: sign-in, sign-out, OAuth and health are answered at every host. */
export function adminOnly({ surface, tag }: Placed): AdminOnly {
  if (surface !== 'own' && surface !== 'sign-out') return 'none';
  return tag === 'pages' ? 'all' : 'by-cookie';
}

/**
 * The result of a request that must be made at `ADMIN_URL` instead, or at `PUBLIC_URL`: for a navigation to a page a redirect to it
 * there, else a refusal. Undefined for a request that is answered where it was made.
 */
export const elsewhere = (asked: Asked, found: Identified): Result<Answer> | undefined =>
  atAdminUrl(asked, found) ?? atPublicUrl(asked, found);

/** A host that sign-in is handed over to has pages of an upstream's origin: where passwords are typed, it has none of ours. */
function atPublicUrl({ core, route, req, prefix }: Asked, { source }: Identified): Result<Answer> | undefined {
  const { publicUrl } = core.settings;
  const isHere = route.tag !== 'pages' || route.everyHost === true || source.admin;
  if (publicUrl === undefined || isHere || core.signInSites.wayOf(source) !== 'hand-over') return undefined;
  const detail = `This page is answered at PUBLIC_URL, ${publicUrl}, only.`;
  if (route.method !== 'get' || !isNavigation(req)) return refused('misdirected_host', { detail });
  return seeOther(`${publicUrl}${returnTo(`${prefix}${req.url}`, `${prefix}/account`)}`);
}

function atAdminUrl(
  { core, route, req, prefix }: Asked,
  { source, principal }: Identified,
): Result<Answer> | undefined {
  const { adminUrl, authEnabled } = core.settings;
  const only = authEnabled ? adminOnly(route) : 'none';
  const hasCookie = route.endsOwn === true && core.browserSessions.namedBy(req).length > 0;
  const refusal = misdirected(adminUrl, only, { source, principal, hasCookie });
  if (refusal === undefined) return undefined;
  if (only !== 'all' || route.method !== 'get' || !isNavigation(req)) return refused(refusal.code, refusal);
  return seeOther(`${adminUrl}${returnTo(`${prefix}${req.url}`, `${prefix}/account`)}`);
}
