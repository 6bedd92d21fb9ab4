const maximumBytes = 1024;
// Longer texts are not normalised: NFKC joins at most four units into one, so they stay over 1,024 bytes.
const maximumUnits = 4 * maximumBytes;

/**
 * Normalises a password for hashing: NFKC, so that it is the same on every keyboard. Returns `undefined` for a text that
 * cannot be a password: empty, over 1,024 bytes of UTF-8, or with a NUL or a lone surrogate.
 */
export function passwordText(password: string): string | undefined {
  if (password === '' || password.length > maximumUnits || password.includes('\0') || !password.isWellFormed()) {
    return undefined;
  }
  if (hasLongRunOfMarks(password)) return undefined;
  const text = password.normalize('NFKC');
  return Buffer.byteLength(text) <= maximumBytes ? text : undefined;
}

/**
 * NFKC sorts the marks behind a letter, in quadratic time. It joins at most three marks, of two units each, into one of four
 * bytes: a run of more units than this is over 1,024 bytes in any case.
 */
const mostMarkUnits = (maximumBytes * 6) / 4;

const hasLongRunOfMarks = (text: string): boolean => text.split(/\P{M}/u).some((run) => run.length > mostMarkUnits);
