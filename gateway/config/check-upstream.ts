import { listensAt, type Resolved } from '#settings';
import type { RouteContext } from './route-context.ts';
import type { RouteInput } from './schema.ts';

type Parts = Partial<RouteInput>;

/** Checks the hosts, the path and the targets of a route, and how the path is changed. */
export function checkUpstream(parts: Parts, context: RouteContext): void {
  checkHosts(parts, context);
  checkPath(parts, context);
  checkTargets(parts, context);
  const { strip } = parts.prefix ?? {};
  if (strip !== undefined && strip !== '' && !`${parts.path ?? ''}/`.startsWith(`${strip}/`))
    context.complain(
      ['prefix', 'strip'],
      `strip: ${strip} is not the beginning of the path of the route, ${parts.path || '/'}`,
    );
}

function checkHosts({ host: hosts = [] }: Parts, { resolved, complain }: RouteContext): void {
  const { settings, policies } = resolved;
  for (const host of hosts) {
    if (settings.allowedHosts !== undefined && !policies.hostIsServed(host))
      complain(['host'], `host: GATEWARDEN_ALLOWED_HOSTS does not allow ${host}`);
    if (isAdminOnly(host, settings))
      complain(
        ['host'],
        `host: ${host} is the host of GATEWARDEN_ADMIN_URL, where only Gatewarden’s own pages are served`,
      );
  }
}

function isAdminOnly(host: string, { adminUrl, publicUrl }: Resolved['settings']): boolean {
  if (adminUrl === undefined || new URL(adminUrl).hostname !== host) return false;
  return publicUrl === undefined || new URL(publicUrl).hostname !== host;
}

function checkPath({ path = '' }: Parts, { resolved, complain }: RouteContext): void {
  const { prefix } = resolved.settings;
  if (`${path}/`.toLowerCase().startsWith(`${prefix}/`.toLowerCase()))
    complain(['path'], `path: ${path} is at or below GATEWARDEN_PREFIX, ${prefix}, where Gatewarden’s own pages are`);
}

const asHttp = (target: string): string => target.replace(/^h2/, 'http');

function checkTargets({ upstream: targets = [] }: Parts, { resolved, complain }: RouteContext): void {
  const itself = targets.find((target) => !isSocket(target) && listensAt(resolved.settings, asHttp(target)));
  if (itself !== undefined) complain(['upstream'], `upstream: ${itself} is the address that the gateway listens on`);
  const twice = repeated(targets);
  if (twice !== undefined) complain(['upstream'], `upstream: ${twice} is given twice`);
  if (new Set(targets.map((target) => target.startsWith('h2'))).size > 1)
    complain(['upstream'], 'upstream: the targets of a route all have HTTP/2 (h2, h2s), or none has');
  if (new Set(targets.map(pathIn)).size > 1)
    complain(['upstream'], 'upstream: the URLs of the targets have different paths');
}

/** The first text that is in a list twice. */
function repeated(list: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return list.find((one) => seen.size === seen.add(one).size);
}

const isSocket = (target: string): boolean => target.startsWith('http://unix:');

/** The path of a target's URL; of a Unix socket what follows the second colon. */
function pathIn(target: string): string {
  if (isSocket(target)) return target.split(':')[3] ?? '';
  return new URL(asHttp(target)).pathname.replace(/\/$/, '');
}
