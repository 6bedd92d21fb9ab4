import { pathOf, seen, survey } from './target.ts';

/** One way to read a path: decoded. A slash that is data, not a separator, stands as U+0000. */
export type Reading = Readonly<{ path: string; folded: boolean }>;

export type PathOptions = Readonly<{
  /** Upper and lower case are told apart by all that stands behind: no folded readings. Default false. */
  caseSensitive?: boolean | undefined;
  /** `%2f` is allowed and read as data and as a separator. Default false: refused. */
  encodedSlashes?: boolean | undefined;
}>;

export type PathReadings =
  | Readonly<{ ok: true; readings: readonly Reading[] }>
  | Readonly<{ ok: false; detail: string }>;

/** No honest path comes near; what does is made to cost. */
const mostReadings = 16;

/** What escapes may not stand for, looked for before decoding. */
const refusedEscapes: readonly (readonly [RegExp, string])[] = [
  [/%(?![0-9a-f]{2})/i, 'The path has a percent sign that begins no escape.'],
  [/%(?:[01][0-9a-f]|7f)/i, 'The path has an encoded control character.'],
  [/%5c/i, 'The path has an encoded backslash.'],
];
const encodedSlash = /%2f/gi;
const doublyEncoded = /%(?:[0-9a-f]{2}|u[0-9a-f]{4})/i;
const beyondAscii = /[^\u0000-\u007f]/;
const lateControls = /[\u0080-\u009f]/;

/**
 * Every reading that a service may make of the path of a request target (section 7 of the contract), or why the path is
 * refused. The work is linear in the length of the target.
 */
export function readPath(target: string, options: PathOptions = {}): PathReadings {
  const path = pathOf(target);
  if (path === undefined) return refuse('The request target has no path.');
  const found = survey(path);
  if ((found & seen.unreadable) !== 0) return refuse(unreadableDetail(path));
  const texts = (found & seen.odd) === 0 ? [path] : readingsOf(path, options.encodedSlashes === true);
  return typeof texts === 'string' ? refuse(texts) : { ok: true, readings: withCase(texts, options) };
}

const refuse = (detail: string): PathReadings => ({ ok: false, detail });

function unreadableDetail(path: string): string {
  if (path.includes('#')) return 'The path has a number sign.';
  if (path.includes('\\')) return 'The path has a backslash.';
  return 'The path has characters that must be encoded.';
}

/** The readings, or why there are none to be had. */
function readingsOf(path: string, encodedSlashes: boolean): readonly string[] | string {
  const decoded = decode(path, encodedSlashes);
  if (typeof decoded === 'string') return decoded;
  const texts = [...decoded];
  for (const variant of variants) {
    expand(texts, variant);
    if (texts.length > mostReadings) return 'The path can be read in too many ways.';
  }
  return texts.some(hasDotSegment) ? 'The path has a dot segment.' : texts;
}

function decode(path: string, encodedSlashes: boolean): readonly string[] | string {
  if (!path.includes('%')) return [path];
  const refused = refusedEscapes.find(([pattern]) => pattern.test(path));
  if (refused !== undefined) return refused[1];
  const slashes = path.search(encodedSlash) !== -1;
  if (slashes && !encodedSlashes) return 'The path has an encoded slash.';
  const texts = slashes ? [path.replace(encodedSlash, '%00'), path.replace(encodedSlash, '/')] : [path];
  try {
    const decoded = texts.map((text) => decodeURIComponent(text));
    if (decoded.some((text) => doublyEncoded.test(text))) return 'The path is encoded twice.';
    return decoded.some((text) => lateControls.test(text)) ? 'The path has an encoded control character.' : decoded;
  } catch {
    return 'The path is not UTF-8.';
  }
}

/** Each makes of one reading another that some service makes; all are applied, alone and together. */
const variants: readonly ((text: string) => string)[] = [
  withoutAuthority,
  (text) => cutAt(text, '?'),
  (text) => cutAt(text, '#'),
  (text) => cutAt(text, ';'),
  (text) => (text.includes(';') ? text.replace(/;[^/]*/g, '') : text),
  withoutTails,
  // Once more: what has just been dropped may have left two slashes at the beginning.
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

/** Services that decode first and take the target apart afterwards, or drop all from the first `;` on. */
function cutAt(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
}

/** Windows drops dots and spaces at the end of a name. No pattern: a lookahead would be quadratic here. */
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

/** The path of a target that every service reads alike, as it is; `undefined` when there is more to say (`readPath`). */
export function cleanPath(target: string, allowed: number): string | undefined {
  const path = pathOf(target);
  return path !== undefined && (survey(path) & ~allowed) === 0 ? path : undefined;
}
