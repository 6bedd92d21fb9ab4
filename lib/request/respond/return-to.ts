const longest = 2048;
const visible = /^[\x21-\x7e]+$/;

/**
 * Where to go after sign-in: `next` when it is beyond doubt a path of this very site, else `fallback`. Refused is what
 * some browser, proxy or service could take for another host: a scheme, `//`, backslashes, dot segments, characters
 * outside visible ASCII, and all of these encoded in the path. Query and fragment may hold anything visible.
 */
export function returnTo(next: unknown, fallback = '/'): string {
  return typeof next === 'string' && isOwnPath(next) ? next : fallback;
}

function isOwnPath(next: string): boolean {
  if (next.length > longest || !next.startsWith('/') || !visible.test(next) || next.includes('\\')) return false;
  const path = next.split(/[?#]/, 1)[0] ?? '';
  const decoded = decode(path);
  return decoded !== undefined && isPlain(path) && isPlain(decoded);
}

function isPlain(path: string): boolean {
  if (path.includes('//') || path.includes('\\') || /[\u0000-\u001f\u007f-\u009f]/.test(path)) return false;
  return path.split('/').every((segment) => !/^[. ]+(?:;|$)/.test(segment));
}

/** `undefined` for what cannot be decoded, or would decode once more to something else. */
function decode(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return /%[0-9a-f]{2}/i.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
