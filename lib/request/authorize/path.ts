import { type DecodingOptions, decodings } from './decodings.ts';
import { pathFlag, pathOf, scanPath } from './target.ts';

/** A path as a service may read it: decoded, with U+0000 for a slash that is data. `folded`: in lower case. */
export type Reading = Readonly<{ path: string; folded: boolean }>;

export type PathOptions = DecodingOptions &
  Readonly<{
    /** Whether every service behind is case-sensitive, so that there are no folded readings. Default: false. */
    caseSensitive?: boolean | undefined;
  }>;

export type PathReadings =
  | Readonly<{ ok: true; readings: readonly Reading[] }>
  | Readonly<{ ok: false; detail: string }>;

/** The most readings of a path, before case folding. A legitimate path has far fewer. */
const mostReadings = 16;

const beyondAscii = /[^\u0000-\u007f]/;

/**
 * Returns every way in which a service may read the path of a request target, or why it is refused. The work is linear
 * in the length of the target.
 */
export function readPath(target: string, options: PathOptions = {}): PathReadings {
  const path = pathOf(target);
  if (path === undefined) return refuse('The request target has no path.');
  const found = scanPath(path);
  if ((found & pathFlag.unreadable) !== 0) return refuse(unreadableDetail(path));
  const texts = (found & pathFlag.odd) === 0 ? [path] : readingsOf(path, options);
  return typeof texts === 'string' ? refuse(texts) : { ok: true, readings: withCase(texts, options) };
}

const refuse = (detail: string): PathReadings => ({ ok: false, detail });

function unreadableDetail(path: string): string {
  if (path.includes('#')) return 'The path has a number sign.';
  if (path.includes('\\')) return 'The path has a backslash.';
  return 'The path has characters that must be encoded.';
}

/** The readings, or the reason why the path is refused. */
function readingsOf(path: string, options: PathOptions): readonly string[] | string {
  const decoded = decodings(path, options);
  if (typeof decoded === 'string') return decoded;
  const texts = [...decoded];
  for (const variant of variants) {
    expand(texts, variant);
    if (texts.length > mostReadings) return 'The path can be read in too many ways.';
  }
  return texts.some(hasDotSegment) ? 'The path has a dot segment.' : texts;
}

/** Each transforms a path as some service does. All are applied, alone and combined. */
const variants: readonly ((text: string) => string)[] = [
  withoutAuthority,
  (text) => cutAt(text, '?'),
  (text) => cutAt(text, '#'),
  (text) => cutAt(text, ';'),
  (text) => (text.includes(';') ? text.replace(/;[^/]*/g, '') : text),
  withoutTails,
  // Again: dropping params may have left two slashes at the beginning.
  withoutAuthority,
  (text) => (text.includes('//') ? text.replace(/\/{2,}/g, '/') : text),
  (text) => (text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text),
];

/** Adds the variant of each reading, where it differs. */
function expand(texts: string[], variant: (text: string) => string): void {
  for (const text of texts.slice()) {
    const other = variant(text);
    if (other !== text && !texts.includes(other)) texts.push(other);
  }
}

/** `new URL('//a/b', base)` takes `a` for the host and `/b` for the path. */
function withoutAuthority(text: string): string {
  if (!text.startsWith('//')) return text;
  const rest = text.replace(/^\/+[^/]*/, '');
  return rest === '' ? '/' : rest;
}

/** Some services decode before they split the target, or drop everything from the first `;` on. */
function cutAt(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
}

/** Windows drops dots and spaces at the end of a name. A regular expression for that would be quadratic. */
function withoutTails(text: string): string {
  return text.includes('.') || text.includes(' ') ? text.split('/').map(withoutTail).join('/') : text;
}

function withoutTail(segment: string): string {
  let end = segment.length;
  while (end > 0 && isDotOrSpace(segment.charCodeAt(end - 1))) end -= 1;
  return segment.slice(0, end);
}

const isDotOrSpace = (code: number): boolean => code === 0x2e || code === 0x20;

const hasDotSegment = (text: string): boolean =>
  text.includes('.') && text.split('/').some((segment) => segment.includes('.') && withoutTail(segment) === '');

/**
 * Adds the folded readings. Beyond ASCII there are two ways to fold: the long s becomes an s through upper case only, the
 * Kelvin sign a k through lower case.
 */
function withCase(texts: readonly string[], options: PathOptions): readonly Reading[] {
  const kept = texts.map((path) => ({ path, folded: false }));
  return options.caseSensitive === true ? kept : [...kept, ...texts.flatMap(folds)];
}

function folds(text: string): readonly Reading[] {
  const lower = { path: text.toLowerCase(), folded: true };
  return beyondAscii.test(text) ? [lower, { path: text.toUpperCase().toLowerCase(), folded: true }] : [lower];
}

/** Whether every service reads this path alike, apart from case. */
export const isCleanPath = (path: string): boolean => path.startsWith('/') && cleanPath(path, pathFlag.upper) === path;

/** The path of a target that every service reads alike; `undefined` when it may have several readings (`readPath`). */
export function cleanPath(target: string, allowed: number): string | undefined {
  const path = pathOf(target);
  return path !== undefined && (scanPath(path) & ~allowed) === 0 ? path : undefined;
}
