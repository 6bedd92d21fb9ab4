import { hasHazard } from '../text.ts';

/** Names that upstreams, mail systems and people associate with privileges or with no particular user. */
const reserved = `abuse admin administrator admins anonymous anony api auth authenticated bot console daemon default
  everybody everyone gatewarden guest help host hostmaster info internal localhost login logout mail me moderator nobody
  none null official operator owner postmaster proxy public registration root security self service setup signup
  somebody staff superuser support sudo supervisor sys sysadmin system test undefined unknown user webmaster`
  .split(/\s+/)
  .filter(Boolean);

const syntax = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** The key by which names and addresses are compared: lower case. */
export const nameKey = (name: string): string => name.toLowerCase();

/**
 * The key by which a name typed at a sign-in is looked up and counted: NFKC and lower case, so that every spelling of a name
 * has one key. Undefined for text that cannot be a name or an address.
 */
export function typedKey(typed: string): string | undefined {
  if (typed.length > 320 || !typed.isWellFormed()) return undefined;
  const key = nameKey(typed.normalize('NFKC').trim());
  return key === '' || /[\u0000-\u001f\u007f]/.test(key) ? undefined : key;
}

/**
 * Returns what is wrong with a new user's name, as the end of a sentence, or undefined. `byAdmin`: an admin assigns it, who
 * may use reserved names and names with `@`.
 */
export type NamePolicy = (name: unknown, byAdmin: boolean) => string | undefined;

/** What is wrong with a reserved name. */
export const isReserved = 'is reserved';

/** Creates the policy. `reservedNames` are refused besides the built-in ones. */
export function namePolicy(reservedNames: readonly string[]): NamePolicy {
  const refusedNames = new Set([...reserved, ...reservedNames.map(nameKey)]);
  return function problemOfName(name, byAdmin) {
    if (typeof name !== 'string') return 'must be a text';
    if (!syntax.test(name)) {
      return 'must be 1 to 64 letters, digits or any of . _ @ + - and begin with a letter or digit';
    }
    if (byAdmin) return undefined;
    if (name.includes('@')) return 'may hold an @ only when an administrator gives it';
    return refusedNames.has(nameKey(name)) ? isReserved : undefined;
  };
}

/**
 * Returns what is wrong with an e-mail address, or undefined. Checks the syntax roughly: only a mail to it proves an
 * address.
 */
export function problemOfEmail(email: unknown): string | undefined {
  if (typeof email !== 'string') return 'must be a text';
  const fits =
    email.length <= 254 && email.isWellFormed() && /^[^\s\p{C}@<>"(),:;[\]\\]+@[^\s\p{C}@<>"(),:;[\]\\]+$/u.test(email);
  return fits ? undefined : 'is not an e-mail address';
}

/** Returns what is wrong with a display name, or undefined. Any Unicode text without hazardous characters (`hasHazard`). */
export function problemOfDisplayName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'must be a text';
  if (name.length > 200) return 'must not be longer than 200 characters';
  if (!name.isWellFormed() || hasHazard(name)) {
    return 'must not hold control characters, invisible characters or marks of the writing direction';
  }
  return name.trim() === '' ? 'must not be empty' : undefined;
}
