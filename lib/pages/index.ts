import './templates.ts';
import { newPassword, secret, signIn } from './assets.ts';
import { type Frame, inFrame } from './frame.ts';

export {
  type AccountForms,
  accountPage,
  type FormOutcome,
  newTokenPage,
  revokeTokenPage,
  signOutPage,
} from './account.ts';
export { type Asset, assets } from './assets.ts';
export { type Brand, brandOf, logoProblem } from './brand/brand.ts';
export { deviceDecisionPage, deviceDonePage, devicePage } from './device.ts';
export { errorPage, waiting } from './error-page.ts';
export { type AdminPlace, adminPlaces, type Frame, plainFrame, type Viewer } from './frame.ts';
export { type Language, languageOf, type Words, wordsOf } from './words/words.ts';

/** The sign-in page. `destination`: the name or host of the service that one signs in to. `needsAdmin`: nobody can sign in yet, and it says where the first admin is made. `signUp`: whether it names the way to an account (default: closed, it does not). `next` is a checked path; `problem` and `notice` are sentences; a password is never shown again. */
export const signInPage = (
  frame: Frame,
  shown: Readonly<{
    destination: string;
    next: string;
    username?: string;
    remember?: boolean;
    problem?: string;
    notice?: string;
    needsAdmin?: boolean;
    signUp?: SignUpMode;
  }>,
): string =>
  inFrame('@sign-in', frame, {
    ...{ username: '', remember: false, needsAdmin: false, signUp: 'closed', scripts: [signIn.name] },
    ...shown,
  });

/** How people may sign up: not at all, with an invitation, or without one. */
export type SignUpMode = 'closed' | 'invite' | 'open';

/** The page on which people make themselves an account. `problems` are shown at their fields; a password is never shown again. */
export const signUpPage = (
  frame: Frame,
  shown: Readonly<{
    mode: Exclude<SignUpMode, 'closed'>;
    passwordMinLength: number;
    invitation?: string | undefined;
    username?: string | undefined;
    email?: string | undefined;
    problem?: string;
    problems?: Readonly<Record<string, string>>;
  }>,
): string => inFrame('@sign-up', frame, { problems: {}, scripts: [secret.name, newPassword.name], ...shown });

/** The page that creates the first admin. `problems` are shown at their fields. */
export const setupPage = (
  frame: Frame,
  shown: Readonly<{
    token?: string;
    passwordMinLength: number;
    username?: string;
    problem?: string;
    problems?: Readonly<Record<string, string>>;
  }>,
): string =>
  inFrame('@setup', frame, {
    token: '',
    username: '',
    problems: {},
    scripts: [secret.name, newPassword.name],
    ...shown,
  });

/** A page that goes on to `href` by itself, with a link for browsers that do not. */
export const continuePage = (frame: Frame, { href }: Readonly<{ href: string }>): string =>
  inFrame('@message', frame, { heading: 'One moment', lines: [], link: { href, text: 'Continue' }, refresh: href });

/** A page with a heading, some lines and one link. */
export const messagePage = (
  frame: Frame,
  shown: Readonly<{ heading: string; lines: readonly string[]; link?: Readonly<{ href: string; text: string }> }>,
): string => inFrame('@message', frame, shown);
