import { passwordText } from '../crypto/password-text.ts';
import { isCommonPassword } from './common-passwords.ts';
import { nameKey } from './names.ts';

/** Whose password it is to be: what others may know of them makes no password. */
export type PasswordOwner = Readonly<{
  username: string;
  email?: string | null | undefined;
  displayName?: string | null | undefined;
}>;

/** What is wrong with a new password, as a sentence that does not contain it, or undefined. No composition rules. */
export type PasswordPolicy = (password: unknown, owner: PasswordOwner) => string | undefined;

const letters = (text: string) => nameKey(text.normalize('NFKC')).replace(/[^\p{L}\p{N}]/gu, '');

function namesOf(owner: PasswordOwner): string[] {
  const email = owner.email ?? '';
  return [owner.username, email, email.split('@')[0] ?? '', owner.displayName ?? '']
    .map(letters)
    .filter((name) => name.length >= 3);
}

/** A name, with or without a few characters around it. */
function isOwnName(password: string, owner: PasswordOwner): boolean {
  const typed = letters(password);
  return namesOf(owner).some((name) => typed.includes(name) && typed.replaceAll(name, '').length < 6);
}

/** @param minLength in characters (code points) after NFKC */
export function passwordPolicy(minLength: number): PasswordPolicy {
  return function problemOfPassword(password, owner) {
    if (typeof password !== 'string') return 'must be a text';
    if (!password.isWellFormed() || password.includes('\0')) return 'must not hold characters that cannot be typed';
    if (password === '') return 'must not be empty';
    const normal = passwordText(password);
    if (normal === undefined) return 'must not be longer than 1,024 bytes';
    if ([...normal].length < minLength) return `must have at least ${minLength} characters`;
    if (isOwnName(normal, owner)) return 'must not be made of your own name';
    return isCommonPassword(normal) ? 'is one of those that are guessed first' : undefined;
  };
}
