import { readPath } from './path.ts';
import { pathOf, seen, survey } from './target.ts';

export type CleanUrl = Readonly<{ ok: true; url: string }> | Readonly<{ ok: false; detail: string }>;

const unreservedEscape = /%(?:2d|2e|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi;

/**
 * `req.url` as Express shall match it (section 6 of the contract): escaped unreserved characters decoded, the query as
 * it is. Refused are empty segments and all that `readPath` refuses; one trailing slash stays.
 */
export function cleanUrl(url: string): CleanUrl {
  const path = pathOf(url);
  if (path === undefined) return { ok: false, detail: 'The request target has no path.' };
  const isOrigin = url.startsWith('/') || url === '*';
  if (isOrigin && (survey(path) & ~seen.upper) === 0) return { ok: true, url };
  if (path.includes('//')) return { ok: false, detail: 'The path has an empty segment.' };
  const decoded = path.replace(unreservedEscape, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  const read = readPath(path);
  if (!read.ok) return read;
  const query = url.indexOf('?');
  return { ok: true, url: query === -1 ? decoded : decoded + url.slice(query) };
}
