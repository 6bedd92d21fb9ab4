import { type Frame, inFrame } from '../frame.ts';
import type { RefusalText } from '../refusal-text.ts';
import { type ShownUser, type UserAction, userAddress } from './users.ts';

/** What every form says: whether it asks for the password of who sends it, and what was wrong with it before. */
type Asked = Readonly<{ asksPassword: boolean }> & Partial<RefusalText>;

const page = { place: 'users', problems: {} } as const;

/** The values of the form of a new user. */
export type NewUserFields = Readonly<{
  username: string;
  displayName: string;
  email: string;
  role: string;
  active: boolean;
  reuseName: boolean;
}>;

/** The form of a new user. `isRetired`: the name was a deleted user's, and the form asks whether it is given again. */
export const newUserPage = (
  frame: Frame,
  shown: Asked &
    Readonly<{ filled: NewUserFields; roles: readonly string[]; passwordMinLength: number; isRetired?: boolean }>,
): string => inFrame('@admin-new-user', frame, { ...page, isRetired: false, ...shown });

/** The values of the form that changes a user. */
export type UserFields = Readonly<{ display_name: string; email: string; role: string }>;

/** The form that changes a user. `was`: the values that it was first shown with, so that only what was changed is written. */
export const editUserPage = (
  frame: Frame,
  {
    filled,
    ...shown
  }: Asked &
    Readonly<{
      user: ShownUser;
      filled: UserFields & Readonly<{ emailConfirmed: boolean }>;
      was: UserFields;
      roles: readonly string[];
    }>,
): string =>
  inFrame('@admin-edit-user', frame, {
    ...page,
    ...{ address: userAddress(frame, shown.user.username), filled: { ...filled, displayName: filled.display_name } },
    ...shown,
  });

/** The form that sets the password of a user. `tokens`: whether API tokens are to end. */
export const userPasswordPage = (
  frame: Frame,
  shown: Asked & Readonly<{ user: ShownUser; passwordMinLength: number; tokens: boolean }>,
): string =>
  inFrame('@admin-user-password', frame, { ...page, address: userAddress(frame, shown.user.username), ...shown });

/** Asks before something is done to a user. `tokens`: whether API tokens are to end. */
export const userQuestionPage = (
  frame: Frame,
  shown: Asked & Readonly<{ user: ShownUser; action: Exclude<UserAction, 'role'>; isSelf: boolean; tokens: boolean }>,
): string =>
  inFrame('@admin-user-question', frame, { ...page, address: userAddress(frame, shown.user.username), ...shown });
