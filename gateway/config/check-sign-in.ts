import { type SignInMode, signInModeProblem } from '#request';
import type { Resolved } from '#settings';
import type { Problem } from './place.ts';
import type { ReadRoute } from './read-route.ts';
import type { WrittenFile } from './written-file.ts';

type Context = Readonly<{ resolved: Resolved; file: WrittenFile; problems: Problem[]; warnings: Problem[] }>;

/** `sign_in: public-url` needs an address to send people to; with `each-host`, a host that refuses the cookie deserves a warning. */
export function checkSignIn(mode: SignInMode, routes: readonly ReadRoute[], context: Context): void {
  const { resolved, file, problems, warnings } = context;
  const { cookieDomain: domain } = resolved.settings;
  const problem = signInModeProblem(mode, resolved.settings);
  if (problem !== undefined) problems.push({ place: file.placeOf(['sign_in']), text: `sign_in: ${problem}` });
  if (mode === 'public-url' || domain === undefined) return;
  for (const { place, parts } of routes) {
    const outside = (parts.host ?? []).filter((host) => !isWithin(host.replace(/^\*\./, ''), domain));
    warnings.push(...outside.map((host) => ({ place, text: refusesCookie(host, domain) })));
  }
}

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

const refusesCookie = (host: string, domain: string): string =>
  `nobody can sign in at ${host}: it is not in GATEWARDEN_COOKIE_DOMAIN, ${domain}; sign_in: public-url hands the sign-in over to it`;
