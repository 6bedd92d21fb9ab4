const longest = 2048;
const visible = /^[\x21-\x7e]+$/;

/**
 * The target to return to after sign-in: `next` when it is certainly a path of this site, else `fallback`. Whatever a
 * browser, proxy or service could read as another host is not: a scheme, `//`, backslashes, dot segments, characters outside
 * visible ASCII, and all of these encoded in the path. Query and fragment may hold any visible character.
 */
export function returnTo(next: unknown, fallback = '/'): string {
  return typeof next === 'string' && isLocalPath(next) ? next : fallback;
}

function isLocalPath(next: string): boolean {
  if (next.length > longest || !next.startsWith('/') || !visible.test(next) || next.includes('\\')) return false;
  const path = next.split(/[?#]/, 1)[0] ?? '';
  const decoded = decode(path);
  return decoded !== undefined && isPlain(path) && isPlain(decoded);
}

function isPlain(path: string): boolean {
  if (path.includes('//') || path.includes('\\') || /[\u0000-\u001f\u007f-\u009f]/.test(path)) return false;
  return path.split('/').every((segment) => !/^[. ]+(?:;|$)/.test(segment));
}

/** `undefined` for a path that cannot be decoded, or that is encoded twice. */
function decode(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return /%[0-9a-f]{2}/i.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
