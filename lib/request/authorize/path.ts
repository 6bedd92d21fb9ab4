import { type DecodingOptions, decodings } from './decodings.ts';
import { pathOf, seen, survey } from './target.ts';

/** One way to read a path: decoded. A slash that is data, not a separator, stands as U+0000. */
export type Reading = Readonly<{ path: string; folded: boolean }>;

export type PathOptions = DecodingOptions &
  Readonly<{
    /** Upper and lower case are told apart by all that stands behind: no folded readings. Default false. */
    caseSensitive?: boolean | undefined;
  }>;

export type PathReadings =
  | Readonly<{ ok: true; readings: readonly Reading[] }>
  | Readonly<{ ok: false; detail: string }>;

/** Counted before case. A legitimate path has far fewer. */
const mostReadings = 16;

const beyondAscii = /[^\u0000-\u007f]/;

/**
 * Every reading that a service may make of the path of a request target, or why the path is refused. The work is linear
 * in the length of the target.
 */
export function readPath(target: string, options: PathOptions = {}): PathReadings {
  const path = pathOf(target);
  if (path === undefined) return refuse('The request target has no path.');
  const found = survey(path);
  if ((found & seen.unreadable) !== 0) return refuse(unreadableDetail(path));
  const texts = (found & seen.odd) === 0 ? [path] : readingsOf(path, options);
  return typeof texts === 'string' ? refuse(texts) : { ok: true, readings: withCase(texts, options) };
}

const refuse = (detail: string): PathReadings => ({ ok: false, detail });

function unreadableDetail(path: string): string {
  if (path.includes('#')) return 'The path has a number sign.';
  if (path.includes('\\')) return 'The path has a backslash.';
  return 'The path has characters that must be encoded.';
}

/** The readings, or why there are none to be had. */
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

/** Each turns a reading into another that some service makes; all are applied, alone and together. */
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

/** Adds to the readings what a variant makes of each, where that is something else. */
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

/** For services that decode first and split the target afterwards, or drop everything from the first `;` on. */
function cutAt(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
}

/** Windows drops dots and spaces at the end of a name. A pattern for that would be quadratic. */
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
 * Folded readings beside those that keep the case. Beyond ASCII there are two ways to fold: the long s becomes an s
 * by way of its upper case only, the Kelvin sign a k by its lower.
 */
function withCase(texts: readonly string[], options: PathOptions): readonly Reading[] {
  const kept = texts.map((path) => ({ path, folded: false }));
  return options.caseSensitive === true ? kept : [...kept, ...texts.flatMap(folds)];
}

function folds(text: string): readonly Reading[] {
  const lower = { path: text.toLowerCase(), folded: true };
  return beyondAscii.test(text) ? [lower, { path: text.toUpperCase().toLowerCase(), folded: true }] : [lower];
}

/** The path of a target that every service reads alike; `undefined` when there may be several readings (`readPath`). */
export function cleanPath(target: string, allowed: number): string | undefined {
  const path = pathOf(target);
  return path !== undefined && (survey(path) & ~allowed) === 0 ? path : undefined;
}
