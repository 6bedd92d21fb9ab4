/** How a header of an upstream's answer is treated. */
export type AnswerHeader =
  | 'pass'
  | 'drop'
  | 'set-cookie'
  | 'content-length'
  | 'trailer'
  /** For caches: kept on answers that may be shared, replaced on all others. */
  | 'caching'
  | 'clear-site-data'
  | 'service-worker-allowed'
  /** With URLs of the upstream, which are changed into those of the client. */
  | 'location'
  | 'refresh'
  | 'link'
  /** What the upstream allows scripts of other origins: replaced on answers that may be shared. */
  | 'cors';

/** A header name: how it is treated, and its last spelling. */
export type AnswerHeaderName = { readonly lower: string; readonly kind: AnswerHeader; spelled: string };

const kinds = new Map<string, AnswerHeader>([
  ['connection', 'drop'],
  ['proxy-connection', 'drop'],
  ['keep-alive', 'drop'],
  ['te', 'drop'],
  ['transfer-encoding', 'drop'],
  ['upgrade', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['proxy-authentication-info', 'drop'],
  ['http2-settings', 'drop'],
  ['set-cookie', 'set-cookie'],
  ['content-length', 'content-length'],
  ['trailer', 'trailer'],
  ['cache-control', 'caching'],
  ['vary', 'caching'],
  ['clear-site-data', 'clear-site-data'],
  ['service-worker-allowed', 'service-worker-allowed'],
]);

// RFC 9213 and its predecessors: headers for shared caches, which take precedence over Cache-Control.
const forSharedCaches = /(^|-)cdn-cache-control$|^surrogate-(control|key)$|^x-accel-expires$|^edge-control$/;

/** How a header is treated where its route says nothing of it; `lower` is its name. */
export const kindOf = (lower: string): AnswerHeader =>
  kinds.get(lower) ?? (forSharedCaches.test(lower) ? 'caching' : 'pass');

const mostRemembered = 1000;
const longestRemembered = 64;

/**
 * Creates the look-up of header names by lower case. Its size is bounded, since upstreams choose the names. `own`: what a route
 * treats otherwise.
 */
export function answerHeaderNames(
  own: ReadonlyMap<string, AnswerHeader> = new Map(),
): (lower: string) => AnswerHeaderName {
  const names = new Map<string, AnswerHeaderName>();
  return function answerHeaderName(lower) {
    const remembered = names.get(lower);
    if (remembered !== undefined) return remembered;
    const kind = own.get(lower) ?? kindOf(lower);
    const name = { lower, kind, spelled: lower };
    if (names.size < mostRemembered && lower.length <= longestRemembered) names.set(lower, name);
    return name;
  };
}

/** The header lines of an answer as received: names and values alternate, as bytes. */
export type RawHeaders = readonly (Buffer | string)[];

/**
 * Creates the look-up of names as the upstream spells them in one answer; `raw[at]` is the likely place. An upstream spells
 * its names alike in every answer, so the bytes are compared with the last spelling and no string is created. The first name
 * that is elsewhere makes the look-up index all of them: searching for each would be quadratic.
 */
export function spellings(raw: RawHeaders): (name: AnswerHeaderName, at: number) => string {
  let byLowerCase: ReadonlyMap<string, string> | undefined;
  return function spelledAs(name, at) {
    const likely = raw[at];
    if (likely !== undefined && isSpelled(likely, name.spelled)) return name.spelled;
    byLowerCase ??= indexed(raw);
    const spelled = byLowerCase.get(name.lower) ?? name.lower;
    name.spelled = spelled;
    return spelled;
  };
}

/** The first spelling of a name that occurs more than once. */
function indexed(raw: RawHeaders): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (let at = 0; at < raw.length; at += 2) {
    const text = String(raw[at]);
    const lower = text.toLowerCase();
    if (!index.has(lower)) index.set(lower, text);
  }
  return index;
}

function isSpelled(bytes: Buffer | string, text: string): boolean {
  if (typeof bytes === 'string') return bytes === text;
  if (bytes.length !== text.length) return false;
  for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== text.charCodeAt(index)) return false;
  return true;
}
