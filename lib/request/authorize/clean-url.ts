import { readPath } from './path.ts';
import { pathFlag, pathOf, scanPath } from './target.ts';

export type CleanUrl = Readonly<{ ok: true; url: string }> | Readonly<{ ok: false; detail: string }>;

/** Scheme and host of an absolute target. */
const authority = /^[^/?]+:\/\/[^/?]*/;
const unreservedEscape = /%(?:2d|2e|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi;
const decodeOne = (code: string): string => String.fromCharCode(Number.parseInt(code.slice(1), 16));

/**
 * Normalises `req.url` for Express's routing: decodes escaped unreserved characters and leaves the query unchanged. Refuses
 * empty segments, encoded slashes, double encoding and all that `readPath` refuses, since a mounted guard has no rules to
 * decide on several readings. One trailing slash stays. An absolute target stays absolute: Express has measured its scheme
 * and host already, and removes that many characters at a mount path.
 */
export function cleanUrl(url: string): CleanUrl {
  const path = pathOf(url);
  if (path === undefined) return { ok: false, detail: 'The request target has no path.' };
  const isOrigin = url.startsWith('/') || url === '*';
  if (isOrigin && (scanPath(path) & ~pathFlag.upper) === 0) return { ok: true, url };
  if (path.includes('//')) return { ok: false, detail: 'The path has an empty segment.' };
  const read = readPath(path, { encodedSlashes: 'refuse', decodings: 1 });
  if (!read.ok) return read;
  const start = isOrigin ? 0 : (authority.exec(url)?.[0].length ?? 0);
  const query = url.indexOf('?');
  const end = query === -1 ? url.length : query;
  const decoded = url.slice(start, end).replace(unreservedEscape, decodeOne);
  return { ok: true, url: url.slice(0, start) + decoded + url.slice(end) };
}
