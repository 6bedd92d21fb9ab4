/**
 * Whether a secret is plainly not random: fewer than five distinct characters, a repetition, or a sequence such as
 * `abcdefgh`, in the text or in the bytes that it encodes. Never true for a random secret of 16 characters or more.
 */
export function isObvious(secret: string): boolean {
  const characters = Uint8Array.from(Buffer.from(secret, 'latin1'));
  return [characters, Uint8Array.from(Buffer.from(secret, 'base64url'))].some(
    (bytes) => new Set(bytes).size < 5 || repeats(bytes) || isSequence(bytes),
  );
}

/** Whether one piece is repeated to the end; the last repetition may be cut short. */
function repeats(bytes: Uint8Array): boolean {
  const half = Math.floor(bytes.length / 2);
  return Array.from({ length: half }, (_, at) => at + 1).some((period) =>
    bytes.every((byte, at) => at < period || byte === bytes[at - period]),
  );
}

/** Whether most differences between neighbouring bytes are the same. */
function isSequence(bytes: Uint8Array): boolean {
  const steps = bytes.slice(1).map((byte, at) => byte - (bytes[at] ?? 0));
  const counts = Map.groupBy(steps, (step) => step).values();
  return Math.max(...[...counts].map(({ length }) => length)) > steps.length / 2;
}
