import { eventText, viaText } from '../admin/audit-words.ts';
import { agentName } from '../agent-name.ts';
import { type Frame, inFrame } from '../frame.ts';
import type { Words } from '../words/words.ts';
import { atAccount } from './navigation.ts';
import { methodText } from './overview.ts';

/** One line of somebody's own trail; `at` in milliseconds since the epoch. */
export type ShownEvent = Readonly<{
  at: number;
  event: string;
  /** Who did it, when that is somebody else. */
  actor?: string | undefined;
  via: string;
  address?: string | undefined;
  agent?: string | undefined;
  /** What it is about, unless it is the user of the trail. */
  subject?: string | undefined;
  outcome: string;
  detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}>;

/** The details that the page names; a download has all of them. */
const shownDetails = ['action', 'changed', 'role', 'uses', 'sessions', 'client', 'reason', 'leftOut'] as const;

/** By these one acts without saying so: a browser's session, and the sign-in itself. */
const plainWays: readonly string[] = ['session', 'none'];

function methodIn(words: Words, { detail }: ShownEvent): string | undefined {
  const method = detail?.method;
  return typeof method === 'string' ? methodText(words, method) : undefined;
}

/** What the page says about an event besides its name. */
function notesOf(words: Words, one: ShownEvent): readonly { text: string; value?: string }[] {
  const way = plainWays.includes(one.via) ? methodIn(words, one) : viaText(words, one.via);
  const facts = shownDetails.flatMap((name) => {
    const value = one.detail?.[name];
    return value === undefined ? [] : [{ text: words.text(`activity.detail.${name}`), value: String(value) }];
  });
  return way === undefined ? facts : [{ text: way }, ...facts];
}

const eventShown = (words: Words) => (one: ShownEvent) => ({
  ...one,
  what:
    one.event === 'user.changed' && one.subject === undefined
      ? words.text('activity.account')
      : eventText(words, one.event),
  device: one.agent && agentName(one.agent, words),
  notes: notesOf(words, one),
});

/** Lists what somebody did, and what others did to them. `next`: the cursor of the next page. */
export function activityPage(
  frame: Frame,
  shown: Readonly<{ events: readonly ShownEvent[]; next?: string | undefined; isFirst: boolean }>,
): string {
  const path = `${frame.prefix}/account/activity`;
  return inFrame('@account-activity', frame, {
    ...atAccount(frame, 'activity'),
    events: shown.events.map(eventShown(frame.words)),
    first: shown.isFirst ? undefined : path,
    next: shown.next && `${path}?${new URLSearchParams({ cursor: shown.next })}`,
  });
}
