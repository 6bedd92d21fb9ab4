/** Every value of a name in a `Cookie` header, as sent: not decoded, quotes included. */
export function cookieValues(header: string, name: string): readonly string[] {
  if (!header.includes(name)) return [];
  const values: string[] = [];
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) values.push(pair.slice(equals + 1).trim());
  }
  return values;
}

/** A cookie's value, URL-decoded. One that cannot be decoded is returned as it is: no signature matches it. */
export function decodeCookie(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * A `Cookie` header without the cookies of these names; all others stay as they were sent.
 * `undefined` when none is left: drop the header then.
 */
export function withoutCookies(header: string, names: readonly string[]): string | undefined {
  if (!names.some((name) => header.includes(name))) return header;
  if (!header.includes(';') && names.includes(nameOf(header))) return undefined;
  const kept = header.split(';').filter((pair) => !names.includes(nameOf(pair)));
  const rest = kept.join(';').trim();
  return rest === '' ? undefined : rest;
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return (equals === -1 ? pair : pair.slice(0, equals)).trim();
}
