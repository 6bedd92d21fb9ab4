import { passwordText } from '../crypto/password-text.ts';
import { isCommonPassword } from './common-passwords.ts';
import { nameKey } from './names.ts';

/** The user of a new password, whose names it must not be made of. */
export type PasswordOwner = Readonly<{
  username: string;
  email?: string | null | undefined;
  displayName?: string | null | undefined;
}>;

/** Returns what is wrong with a new password, without repeating it, or undefined. There are no composition rules. */
export type PasswordPolicy = (password: unknown, owner: PasswordOwner) => string | undefined;

/** Settings of the policy: the minimum length, and names of the installation that a password must not be made of. */
export type PolicySettings = Readonly<{
  passwordMinLength: number;
  brandName?: string | undefined;
  publicUrl?: string | undefined;
  adminUrl?: string | undefined;
  upstream?: string | undefined;
}>;

const letters = (text: string) => nameKey(text.normalize('NFKC')).replace(/[^\p{L}\p{N}]/gu, '');

/** Longer names are ignored: they are refused themselves, and NFKC of a long text may take quadratic time. */
const longestName = 320;

function namesOf(owner: PasswordOwner): string[] {
  const email = owner.email ?? '';
  return [owner.username, email, email.split('@')[0] ?? '', owner.displayName ?? '']
    .filter((name) => name.length <= longestName)
    .map(letters)
    .filter((name) => name.length >= 3);
}

/** Whether a password is made of one of these words: alone, repeated, or with a few characters around it. */
function isMadeOf(password: string, names: readonly string[]): boolean {
  const typed = letters(password);
  return names.some((name) => typed.includes(name) && typed.replaceAll(name, '').length < 6);
}

const hostOf = (url: string | undefined): string =>
  url !== undefined && URL.canParse(url) ? new URL(url).hostname : '';

/** Words that the sign-in page reveals: the names of this program, the brand, the hosts and the upstream. */
function knownWords({ brandName = '', publicUrl, adminUrl, upstream }: PolicySettings): string[] {
  const hosts = [publicUrl, adminUrl, upstream].map(hostOf);
  // Without the last label, such as `com`, which identifies no installation.
  const labels = hosts.flatMap((host) => host.split('.').slice(0, -1));
  return ['gatewarden', brandName, ...brandName.split(/\s+/), ...hosts, ...labels]
    .map(letters)
    .filter((word) => word.length >= 4 && /\p{L}/u.test(word));
}

/** Creates the policy of an installation. The minimum length is in code points after NFKC. */
export function passwordPolicy(settings: PolicySettings): PasswordPolicy {
  const minLength = settings.passwordMinLength;
  const known = knownWords(settings);
  return function problemOfPassword(password, owner) {
    if (typeof password !== 'string') return 'must be a text';
    if (!password.isWellFormed() || password.includes('\0')) return 'must not hold characters that cannot be typed';
    if (password === '') return 'must not be empty';
    const normal = passwordText(password);
    if (normal === undefined) return 'must not be longer than 1,024 bytes';
    if ([...normal].length < minLength) return `must have at least ${minLength} characters`;
    if (isMadeOf(normal, namesOf(owner))) return 'must not be made of your own name';
    if (isMadeOf(normal, known)) return 'must not be made of the name of this service or its host';
    return isCommonPassword(normal) ? 'is one of those that are guessed first' : undefined;
  };
}
