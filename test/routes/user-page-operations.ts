import type { Line } from './drive.ts';
import { password } from './site.ts';

/** A page or form of one user: made for each line, so that it needs no other. */
const ofUser =
  (form?: Readonly<Record<string, string>>): Line =>
  async ({ send, user }) => {
    await send({ params: { username: await user() }, ...(form !== undefined && { form }) });
  };

/** The operations of the administration of users. */
export const userPageLines: Readonly<Record<string, Line>> = {
  'get /admin/users': ({ send }) => send({ query: { q: 'a', role: 'admin', state: 'active' } }),
  'get /admin/new-user': ({ send }) => send(),
  'post /admin/new-user': ({ send }) => send({ form: { new_username: 'by-form', role: 'viewer', active: 'true' } }),
  'get /admin/users/{username}': ofUser(),
  'get /admin/users/{username}/edit': ofUser(),
  'post /admin/users/{username}/edit': ofUser({ display_name: 'Somebody', role: 'viewer', role_was: 'user' }),
  'get /admin/users/{username}/password': ofUser(),
  'post /admin/users/{username}/password': ofUser({ password: 'nine quiet lanterns drift', tokens: 'true' }),
  'get /admin/users/{username}/activate': ofUser(),
  'post /admin/users/{username}/activate': ofUser({}),
  'get /admin/users/{username}/deactivate': ofUser(),
  'post /admin/users/{username}/deactivate': ofUser({ tokens: 'true' }),
  'get /admin/users/{username}/end': ofUser(),
  'post /admin/users/{username}/end': ofUser({}),
  'get /admin/users/{username}/delete': ofUser(),
  'post /admin/users/{username}/delete': ofUser({}),
  async 'get /admin/users-at-once'({ send, user }) {
    await send({ query: `do=end&user=${await user()}&user=${await user()}` });
  },
  async 'post /admin/users-at-once'({ send, user }) {
    const chosen = new URLSearchParams({ do: 'end', user: await user(), current_password: password });
    chosen.append('user', await user());
    await send({ form: chosen.toString() });
  },
};
