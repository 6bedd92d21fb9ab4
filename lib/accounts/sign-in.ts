import { ok, refused } from '../errors.ts';
import { userNamed } from '../services/named-user.ts';
import type { PasswordSignIn, SignIn } from '../services.ts';
import type { UserStore } from '../stores/records/users.ts';
import { viewOf } from './view.ts';

/** `gate.signIn`: as `PasswordSignIn`, with views in place of records. */
export function signInService(passwords: PasswordSignIn, users: UserStore): SignIn {
  return {
    async verify(credentials, { address, agent }) {
      const verified = await passwords.verify(credentials, { address, agent });
      return verified.ok ? ok(viewOf(verified.value)) : verified;
    },
    async confirm(password, by) {
      const confirmed = await passwords.confirm(by, password);
      return confirmed.ok ? ok(undefined) : confirmed;
    },
    async change(username, { password, keep }, by) {
      const user = await userNamed(users, username);
      if (user === undefined) return refused('not_found');
      const kept = keep === undefined ? undefined : { sessionId: keep, newId: false };
      const changed = await passwords.change(user.id, password, by, kept);
      return changed.ok ? ok(undefined) : changed;
    },
  };
}
