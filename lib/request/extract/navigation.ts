import type { RequestHead } from './head.ts';

const acceptsHtml = /(?:^|,)\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|,|$)/i;

/**
 * Whether a request is a browser's navigation: `Sec-Fetch-Mode: navigate`, or when that header is absent (plain http, old
 * browsers) a GET or HEAD that accepts HTML. Requests by fetch, XHR, WebSocket and commands are not.
 */
export function isNavigation(req: RequestHead): boolean {
  const mode = req.headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  if (req.headers.upgrade !== undefined || req.headers['x-requested-with'] !== undefined) return false;
  return acceptsHtml.test(req.headers.accept ?? '');
}
