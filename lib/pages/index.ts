import './templates.ts';
import { newPassword, secret, signIn } from './assets.ts';
import { type Frame, inFrame } from './frame.ts';

export { type Asset, assets } from './assets.ts';
export { type Brand, logoProblem } from './brand/brand.ts';
export { deviceDecisionPage, deviceDonePage, devicePage } from './device.ts';
export { brokenPage, errorPage } from './error-page.ts';
export { type AdminPlace, adminPlaces, type Frame, plainFrame } from './frame.ts';
export { languageOf, type Words, wordsOf } from './words/words.ts';

/** What the sign-in page shows. A password is never shown again. */
export type SignInShown = Readonly<{
  /** The name or the host of the service that one signs in to. */
  destination: string;
  /** A checked path. */
  next: string;
  username?: string;
  remember?: boolean;
  /** A sentence. */
  problem?: string;
  /** A sentence. */
  notice?: string;
  /** Whether the notice is good news, which is the default, or not. */
  noticeKind?: 'good' | 'warn';
  /** In how many seconds one may try again. */
  retryAfter?: number | undefined;
  /** Nobody can sign in yet: the page says where the first admin is made. */
  needsAdmin?: boolean;
  /** Whether it names the way to an account. Default: closed, it does not. */
  signUp?: SignUpMode;
}>;

/** The sign-in page. */
export const signInPage = (frame: Frame, shown: SignInShown): string =>
  inFrame('@sign-in', frame, {
    ...{ username: '', remember: false, needsAdmin: false, signUp: 'closed', scripts: [signIn.name] },
    ...shown,
  });

/** How people may sign up: not at all, with an invitation, or without one. */
export type SignUpMode = 'closed' | 'invite' | 'open';

/** What both pages show on which an account is made. `problems` are shown at their fields; a password is never shown again. */
type NewAccountShown = Readonly<{
  passwordMinLength: number;
  username?: string | undefined;
  problem?: string;
  problems?: Readonly<Record<string, string>>;
}>;

const newAccountScripts = [secret.name, newPassword.name];

/** The id of the first of the fields with a problem; of the first one where nothing is wrong. */
const focusOf = (fields: readonly string[], { problem, problems = {} }: NewAccountShown): string | undefined => {
  const field = problem === undefined ? fields[0] : fields.find((one) => problems[one] !== undefined);
  return field?.replaceAll('_', '-');
};

/** The fields of sign-up, in their order on the page. */
const signUpFields = {
  invite: ['invitation', 'username', 'email', 'password', 'password_again'],
  open: ['username', 'email', 'password', 'password_again', 'invitation'],
} as const;

/** The page on which people make themselves an account. */
export function signUpPage(
  frame: Frame,
  shown: NewAccountShown &
    Readonly<{
      mode: Exclude<SignUpMode, 'closed'>;
      invitation?: string | undefined;
      email?: string | undefined;
    }>,
): string {
  const focus = focusOf(signUpFields[shown.mode], shown);
  return inFrame('@sign-up', frame, { problems: {}, scripts: newAccountScripts, ...shown, focus });
}

/** The page that creates the first admin. */
export function setupPage(frame: Frame, shown: NewAccountShown & Readonly<{ token?: string }>): string {
  const focus = focusOf(['token', 'username', 'password', 'password_again'], shown);
  return inFrame('@setup', frame, {
    ...{ token: '', username: '', problems: {}, scripts: newAccountScripts },
    ...shown,
    focus,
  });
}

/** Asks before signing out. `next` is a checked path, '' for none. */
export const signOutPage = (frame: Frame, shown: Readonly<{ name: string; next: string }>): string =>
  inFrame('@sign-out', frame, shown);

/** A page that goes on to `href` by itself, with a link for browsers that do not. */
export function continuePage(frame: Frame, { href }: Readonly<{ href: string }>): string {
  const { words } = frame;
  const link = { href, text: words.text('message.continue') };
  return inFrame('@message', frame, { heading: words.text('message.moment'), lines: [], link, refresh: href });
}

/** A page with a heading, some lines and one link. */
export const messagePage = (
  frame: Frame,
  shown: Readonly<{ heading: string; lines: readonly string[]; link?: Readonly<{ href: string; text: string }> }>,
): string => inFrame('@message', frame, shown);
