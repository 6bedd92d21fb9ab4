import { ok, type Result } from '../errors.ts';
import type { FirstAdmin } from '../services.ts';
import type { Actor, Ladder } from '../types.ts';

/** The program itself, at its start. */
const program = (role: string): Actor => ({
  principal: { kind: 'user', id: '', name: '', role, scopes: [], via: 'command' },
});

/**
 * Makes the admin that `SUPERUSER` and `SUPERUSER_PASSWORD` name, at start, while there is no admin; never changes one.
 * `kept`: there is an admin already. `unset`: the settings name none. Refused: the name or the password will not do, which
 * should end the start.
 */
export async function ensureSuperuser(
  firstAdmin: FirstAdmin,
  settings: Readonly<{ superuser: string | undefined; superuserPassword: string | undefined }>,
  ladder: Ladder,
): Promise<Result<'created' | 'kept' | 'unset'>> {
  const { superuser, superuserPassword } = settings;
  if (superuser === undefined || superuserPassword === undefined) return ok('unset');
  if (!(await firstAdmin.needed())) return ok('kept');
  const made = await firstAdmin.create(superuser, superuserPassword, program(ladder.rung('admin')));
  if (made.ok) return ok('created');
  // Another instance that starts at the same time was first.
  return (await firstAdmin.needed()) ? made : ok('kept');
}
