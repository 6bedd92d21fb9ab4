import type { FieldProblem } from '../errors.ts';
import type { NewUser, UserEdit } from '../services.ts';
import type { Ladder } from '../types.ts';
import { type NamePolicy, problemOfDisplayName, problemOfEmail } from './names.ts';
import type { PasswordOwner, PasswordPolicy } from './password-policy.ts';

/** Validates the fields of a user: all problems at once, by the names of the fields in the API. */
export interface UserInput {
  problemsOfNew(user: NewUser, byAdmin: boolean): readonly FieldProblem[];
  problemsOfEdit(edit: UserEdit, owner: PasswordOwner): readonly FieldProblem[];
}

type Check = readonly [field: string, value: unknown, problem: (value: unknown) => string | undefined];

const problemsIn = (checks: readonly Check[]): FieldProblem[] =>
  checks.flatMap(([field, value, problemOf]) => {
    const problem = value === undefined || value === null ? undefined : problemOf(value);
    return problem === undefined ? [] : [{ field, message: problem }];
  });

const problemOfFlag = (value: unknown) => (typeof value === 'boolean' ? undefined : 'must be true or false');

export function userInput(policies: { name: NamePolicy; password: PasswordPolicy; ladder: Ladder }): UserInput {
  const { name, password, ladder } = policies;

  function problemOfRole(role: unknown): string | undefined {
    return typeof role === 'string' && ladder.has(role) ? undefined : `must be one of ${ladder.names.join(', ')}`;
  }

  const rest = (given: UserEdit, owner: PasswordOwner): Check[] => [
    ['password', given.password, (value) => password(value, owner)],
    ['role', given.role, problemOfRole],
    ['active', given.active, problemOfFlag],
    ['email', given.email, problemOfEmail],
    ['display_name', given.displayName, problemOfDisplayName],
  ];

  const ownerOf = (user: NewUser): PasswordOwner => ({
    username: String(user.username),
    email: typeof user.email === 'string' ? user.email : undefined,
    displayName: typeof user.displayName === 'string' ? user.displayName : undefined,
  });

  return {
    problemsOfNew(user, byAdmin) {
      const problem = name(user.username, byAdmin);
      const named = problem === undefined ? [] : [{ field: 'username', message: problem }];
      return [...named, ...problemsIn(rest(user, ownerOf(user)))];
    },
    problemsOfEdit: (edit, owner) => problemsIn(rest(edit, owner)),
  };
}
