const maximumBytes = 1024;
// Beyond this a text is not even normalised: NFKC joins at most four units into one, so it stays over 1,024 bytes.
const maximumUnits = 4 * maximumBytes;

/**
 * A password as it is hashed: NFKC, so that one password typed on two keyboards is one password. Undefined when it
 * cannot be one: empty, over 1,024 bytes of UTF-8, with a NUL or a lone surrogate in it.
 */
export function passwordText(password: string): string | undefined {
  if (password === '' || password.length > maximumUnits || password.includes('\0') || !password.isWellFormed()) {
    return undefined;
  }
  const text = password.normalize('NFKC');
  return Buffer.byteLength(text) <= maximumBytes ? text : undefined;
}
