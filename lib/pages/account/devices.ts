import { agentName } from '../agent-name.ts';
import { type Frame, inFrame } from '../frame.ts';
import type { Words } from '../words/words.ts';
import { atAccount } from './navigation.ts';
import { methodText } from './overview.ts';

/** One place where a user is signed in; times in milliseconds since the epoch. */
export type ShownSession = Readonly<{
  id: string;
  method: string;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
  address?: string | undefined;
  agent?: string | undefined;
}>;

/** The page of the devices. `current`: the session that asks, which is not among `sessions`. */
export type ShownDevices = Readonly<{
  current?: ShownSession | undefined;
  sessions: readonly ShownSession[];
  /** Whether they may be ended here. */
  mayEnd: boolean;
  /** The cursor of the next page; `isFirst`: none comes before this one. */
  next?: string | undefined;
  isFirst: boolean;
  notice?: string | undefined;
}>;

const sessionShown = (words: Words) => (one: ShownSession) => ({
  ...one,
  device: agentName(one.agent, words),
  way: methodText(words, one.method),
});

/** Lists where somebody is signed in. */
export function devicesPage(frame: Frame, { current, sessions, next, isFirst, ...shown }: ShownDevices): string {
  const shownAs = sessionShown(frame.words);
  const path = `${frame.prefix}/account/devices`;
  return inFrame('@account-devices', frame, {
    ...shown,
    ...atAccount(frame, 'devices'),
    current: current && shownAs(current),
    sessions: sessions.map(shownAs),
    isFirst,
    first: isFirst ? undefined : path,
    next: next && `${path}?${new URLSearchParams({ cursor: next })}`,
  });
}

/** Asks before one session is ended. */
export const endSessionPage = (frame: Frame, session: ShownSession): string =>
  inFrame('@account-end-session', frame, {
    ...atAccount(frame, 'devices'),
    session: sessionShown(frame.words)(session),
  });

/** Asks before all sessions are ended, the one that asks too. */
export const endAllSessionsPage = (frame: Frame): string =>
  inFrame('@account-end-all-sessions', frame, atAccount(frame, 'devices'));

/** Asks before all sessions but the one that asks are ended. */
export const endOtherSessionsPage = (frame: Frame): string =>
  inFrame('@account-end-other-sessions', frame, atAccount(frame, 'devices'));
