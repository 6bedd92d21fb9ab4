import { ok, refused } from '../errors.ts';
import { userWithName } from '../services/named-user.ts';
import type { PasswordSignIn, SignIn } from '../services.ts';
import type { Stores } from '../stores/stores.ts';
import { viewOf } from './view.ts';

/** `gate.signIn`: as `PasswordSignIn`, with views in place of records. */
export function signInService(passwords: PasswordSignIn, stores: Pick<Stores, 'records' | 'sessions'>): SignIn {
  const { records, sessions } = stores;

  return {
    async verify(credentials, { address, agent }) {
      const verified = await passwords.verify(credentials, { address, agent });
      return verified.ok ? ok(viewOf(verified.value)) : verified;
    },
    async confirm(password, by) {
      const confirmed = await passwords.confirm(by, password);
      return confirmed.ok ? ok(undefined) : confirmed;
    },
    async change(username, { password, keep, endTokens }, by) {
      const user = await userWithName(records, username);
      if (user === undefined) return refused('not_found');
      const session = keep === undefined ? undefined : await sessions.find(keep, records.now());
      if (keep !== undefined && session?.userId !== user.id) return refused('token_revoked');
      return passwords.change(user.id, { password, endTokens, keep: session }, by);
    },
  };
}
