/** How escapes of a path are decoded. */
export type DecodingOptions = Readonly<{
  /** `judge`: `%2f` and `%5c` are read as data and as a separator; `refuse`: they are refused. Default `refuse`. */
  encodedSlashes?: 'judge' | 'refuse' | undefined;
  /** How often a path may be decoded until it no longer changes, 1 to 3. Default: 3. */
  decodings?: number | undefined;
}>;

/** Stands for a slash that is data; a path cannot hold this character otherwise. */
export const dataSlash = '\u0000';

type Slashes = 'data' | 'separator';

const escapes = /(?:%[0-9a-f]{2})+/gi;
const malformedEscape = /%(?![0-9a-f]{2})/i;
const encodedControl = /%(?:[01][0-9a-f]|7f)/i;
const encodedSlash = /%2f/gi;
const encodedBackslash = /%5c/gi;
const legacyEscape = /%u[0-9a-f]{4}/i;
const lateControls = /[\u0080-\u009f]/;

/**
 * Every text that a service may get from a path by decoding its escapes: once, and again while that changes it. Encoded
 * slashes are all data or all separators. Returns a string, the reason, for a path that is refused.
 */
export function decodings(path: string, options: DecodingOptions): readonly string[] | string {
  if (!path.includes('%')) return [path];
  if (malformedEscape.test(path)) return 'The path has a percent sign that begins no escape.';
  const asData = decodedWith('data', path, options);
  if (typeof asData === 'string') return asData;
  // Without an encoded slash both ways give the same texts.
  if (!asData.some((text) => text.includes(dataSlash) || text.includes('\\'))) return asData;
  const asSeparator = decodedWith('separator', path, options);
  return typeof asSeparator === 'string' ? asSeparator : [...new Set([...asData, ...asSeparator])];
}

function decodedWith(slashes: Slashes, path: string, options: DecodingOptions): readonly string[] | string {
  const { decodings: most = 3 } = options;
  const texts: string[] = [];
  for (let text = path; ; ) {
    const problem = problemOf(text, options);
    if (problem !== undefined) return problem;
    const next = decodeOnce(text, slashes);
    if (next === undefined) return 'The path is not UTF-8.';
    if (lateControls.test(next)) return 'The path has an encoded control character.';
    if (next === text && texts.length > 0) return texts;
    if (texts.length === most) return most === 1 ? 'The path is encoded twice.' : 'The path is encoded too often.';
    texts.push(next);
    text = next;
  }
}

/** What is wrong with a text, before each decoding. */
function problemOf(text: string, { encodedSlashes = 'refuse' }: DecodingOptions): string | undefined {
  if (encodedControl.test(text)) return 'The path has an encoded control character.';
  if (legacyEscape.test(text)) return 'The path has an escape of the form %uXXXX.';
  if (encodedSlashes === 'judge') return undefined;
  if (/%5c/i.test(text)) return 'The path has an encoded backslash.';
  return /%2f/i.test(text) ? 'The path has an encoded slash.' : undefined;
}

/** Decodes a text once; a malformed escape stays. `undefined` when the escapes are not UTF-8. */
function decodeOnce(text: string, slashes: Slashes): string | undefined {
  const [slash, backslash] = slashes === 'data' ? [dataSlash, '\\'] : ['/', '/'];
  const marked = text.replace(encodedSlash, slash).replace(encodedBackslash, () => backslash);
  try {
    return marked.replace(escapes, decodeURIComponent);
  } catch {
    return undefined;
  }
}
