/**
 * How often a header was sent, in any case; `name` is in lower case. `rawHeaders` is Node's list (name, value, name,
 * value …): of some repeated headers `headers` has only the first.
 */
export function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at];
    if (sent?.length === name.length && (sent === name || sent.toLowerCase() === name)) count += 1;
  }
  return count;
}

/** Headers in which proxies name the client or themselves. Their presence shows that there is a proxy in between. */
const forwarding =
  /^(?:forwarded|x[-_.]forwarded(?:[-_.].*)?|x[-_.]real[-_.]ip|via|cf[-_.].*|(?:true|fastly|x|x[-_.]cluster)[-_.]client[-_.]ip)$/i;

/**
 * Whether the request has a header that proxies add: `Forwarded`, `X-Forwarded-*`, `X-Real-IP`, `Via`, `CF-*`,
 * `True-Client-IP` …
 */
export function hasForwardingHeader(rawHeaders: readonly string[]): boolean {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (mayForward(name.charCodeAt(0) | 0x20) && forwarding.test(name)) return true;
  }
  return false;
}

const [c, f, t, v, x] = [0x63, 0x66, 0x74, 0x76, 0x78];
const mayForward = (letter: number): boolean =>
  letter === x || letter === f || letter === v || letter === c || letter === t;
