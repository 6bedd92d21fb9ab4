import type { RequestHead } from './head.ts';

const acceptsHtml = /(?:^|,)\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|,|$)/i;

/**
 * True when a browser asks for a page to show: `Sec-Fetch-Mode: navigate`, or where the header is absent (plain http,
 * old browsers) a GET or HEAD that accepts HTML. Fetch, XHR, sockets and commands are none.
 */
export function isNavigation(req: RequestHead): boolean {
  const mode = req.headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  if (req.headers.upgrade !== undefined || req.headers['x-requested-with'] !== undefined) return false;
  return acceptsHtml.test(req.headers.accept ?? '');
}
