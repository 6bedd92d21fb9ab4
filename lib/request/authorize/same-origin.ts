import type { RequestHead } from '../extract/head.ts';

/** Scheme and host of this site. */
type Site = Readonly<{ proto: string; host: string }>;

/**
 * Whether a request comes from a page of the same origin. `Sec-Fetch-Site` decides if it is sent, else `Origin` must be the
 * scheme, host and port of `own`; without either, or with `null`, the answer is no. `extra` are further origins that a route
 * allows, such as `https://app.example.com`.
 */
export function comesFromOurselves(req: RequestHead, own: Site, extra: readonly string[] = []): boolean {
  const site = req.headers['sec-fetch-site'];
  const { origin } = req.headers;
  if (site === 'same-origin' || site === 'none') return true;
  if (origin === undefined || origin === 'null') return false;
  const from = withoutDefaultPort(origin);
  if (extra.some((other) => withoutDefaultPort(other) === from)) return true;
  return site === undefined && from === withoutDefaultPort(`${own.proto}://${own.host}`);
}

function withoutDefaultPort(origin: string): string {
  const lower = origin.toLowerCase();
  const port = lower.startsWith('https://') ? ':443' : ':80';
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

/**
 * Whether auto-login applies to a safe request: not when another site makes the browser send it, unless it is a
 * top-level navigation. Browsers send no `Sec-Fetch-Site` over plain http beyond loopback; a CORS request
 * still names its `Origin` there, and that must be scheme, host and port of `own`.
 */
export function autoLoginMayRead(req: RequestHead, own: Site): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = req.headers;
  if (site === undefined) return req.headers.origin === undefined || comesFromOurselves(req, own);
  if (site === 'same-origin' || site === 'same-site' || site === 'none') return true;
  return mode === 'navigate' && destination === 'document';
}
