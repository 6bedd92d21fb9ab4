import { hasHazard } from '../text.ts';

/** Names that upstream services, mail systems and people take for somebody with power, or for nobody in particular. */
const reserved = `abuse admin administrator admins anonymous anony api auth authenticated bot console daemon default
  everybody everyone gatewarden guest help host hostmaster info internal localhost login logout mail me moderator nobody
  none null official operator owner postmaster proxy public registration root security self service setup signup
  somebody staff superuser support sudo supervisor sys sysadmin system test undefined unknown user webmaster`
  .split(/\s+/)
  .filter(Boolean);

const syntax = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** By what names and addresses are compared: lower case. */
export const nameKey = (name: string): string => name.toLowerCase();

/**
 * By what a name that somebody typed at a sign-in is looked up and counted: NFKC and lower case, so that every
 * spelling of one name is one key. Undefined for what can be nobody's name or address.
 */
export function typedKey(typed: string): string | undefined {
  if (typed.length > 320 || !typed.isWellFormed()) return undefined;
  const key = nameKey(typed.normalize('NFKC').trim());
  return key === '' || /[\u0000-\u001f\u007f]/.test(key) ? undefined : key;
}

/**
 * What is wrong with a name for a new user, as a sentence, or undefined. `byAdmin`: it comes from an admin's hand, who may
 * give reserved names and such with `@`.
 */
export type NamePolicy = (name: unknown, byAdmin: boolean) => string | undefined;

export function namePolicy(reservedNames: readonly string[]): NamePolicy {
  const taken = new Set([...reserved, ...reservedNames.map(nameKey)]);
  return function problemOfName(name, byAdmin) {
    if (typeof name !== 'string') return 'must be a text';
    if (!syntax.test(name)) {
      return 'must be 1 to 64 letters, digits or any of . _ @ + - and begin with a letter or digit';
    }
    if (byAdmin) return undefined;
    if (name.includes('@')) return 'may hold an @ only when an administrator gives it';
    return taken.has(nameKey(name)) ? 'is reserved' : undefined;
  };
}

/** What is wrong with an e-mail address, as a sentence, or undefined. Only its outline is looked at: mail proves the rest. */
export function problemOfEmail(email: unknown): string | undefined {
  if (typeof email !== 'string') return 'must be a text';
  const fits =
    email.length <= 254 && email.isWellFormed() && /^[^\s\p{C}@<>"(),:;[\]\\]+@[^\s\p{C}@<>"(),:;[\]\\]+$/u.test(email);
  return fits ? undefined : 'is not an e-mail address';
}

/** What is wrong with a display name, as a sentence, or undefined. Any Unicode but hazardous characters (see `hasHazard`). */
export function problemOfDisplayName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'must be a text';
  if (name.length > 200) return 'must not be longer than 200 characters';
  if (!name.isWellFormed() || hasHazard(name)) {
    return 'must not hold control characters, invisible characters or marks of the writing direction';
  }
  return name.trim() === '' ? 'must not be empty' : undefined;
}
