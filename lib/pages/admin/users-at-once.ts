import { type Frame, inFrame } from '../frame.ts';
import type { RefusalText } from '../refusal-text.ts';
import type { ShownUser, UserAction } from './users.ts';

/** Asks before something is done to these users. `includesSelf`: who asks is one of them. */
export const usersQuestionPage = (
  frame: Frame,
  shown: Readonly<{
    users: readonly ShownUser[];
    action: UserAction;
    roles: readonly string[];
    role: string;
    tokens: boolean;
    includesSelf: boolean;
    asksPassword: boolean;
  }> &
    Partial<RefusalText>,
): string => inFrame('@admin-users-question', frame, { place: 'users', problems: {}, ...shown });

/** Says that nobody was chosen. */
export const noUsersPage = (frame: Frame): string => inFrame('@admin-no-users', frame, { place: 'users' });

/** What became of one of many users; `problem`: why it was not done. */
export type UserOutcome = Readonly<{ username: string; isThere: boolean; problem?: string | undefined }>;

/** Says what was done and what was not. */
export function usersOutcomePage(
  frame: Frame,
  { action, outcomes }: Readonly<{ action: UserAction; outcomes: readonly UserOutcome[] }>,
): string {
  const failed = outcomes.filter(({ problem }) => problem !== undefined).length;
  const done = outcomes.length - failed;
  return inFrame('@admin-users-outcome', frame, { place: 'users', action, outcomes, done, failed });
}
