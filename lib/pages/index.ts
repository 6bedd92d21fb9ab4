import { deviceOf } from './device.ts';
import { type Frame, inFrame } from './frame.ts';

export { type Asset, assets } from './assets.ts';
export { errorPage, waiting } from './error-page.ts';
export type { Frame } from './frame.ts';

/** The sign-in page. `next` is a checked path; `problem` and `notice` are sentences; a password is never shown again. */
export const signInPage = (
  frame: Frame,
  shown: Readonly<{ next: string; username?: string; remember?: boolean; problem?: string; notice?: string }>,
): string => inFrame('@sign-in', frame, { username: '', remember: false, ...shown });

/** The page that makes the first admin. `problems` are those of the fields. */
export const setupPage = (
  frame: Frame,
  shown: Readonly<{
    token: string;
    passwordMinLength: number;
    username?: string;
    problem?: string;
    problems?: Readonly<Record<string, string>>;
  }>,
): string => inFrame('@setup', frame, { username: '', problems: {}, ...shown });

/** One place where a user is signed in; times in milliseconds since the epoch. */
export type ShownSession = Readonly<{
  current: boolean;
  createdAt: number;
  lastSeenAt: number;
  address?: string | undefined;
  agent?: string | undefined;
}>;

/** The signed-in landing page. */
export const accountPage = (
  frame: Frame,
  shown: Readonly<{ name: string; role: string; sessions: readonly ShownSession[] }>,
): string =>
  inFrame('@account', frame, {
    name: shown.name,
    role: shown.role,
    sessions: shown.sessions.map((one) => ({
      current: one.current,
      address: one.address,
      device: deviceOf(one.agent),
      since: moment(one.createdAt),
      seen: moment(one.lastSeenAt),
    })),
  });

/** A page that says one thing, with one way on. */
export const messagePage = (
  frame: Frame,
  shown: Readonly<{ heading: string; lines: readonly string[]; link?: Readonly<{ href: string; text: string }> }>,
): string => inFrame('@message', frame, shown);

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

const moment = (at: number) => ({ machine: new Date(at).toISOString(), text: `${clock.format(at)} UTC` });
