import { ok, type Result, SettingsError } from '../errors.ts';
import type { FirstAdmin } from '../services.ts';
import type { Settings } from '../settings/settings.ts';
import type { Actor, Ladder } from '../types.ts';

/** Makes the admin that the environment names, while there is none. Throws `SettingsError` where that cannot be. */
export async function makeSuperuser(firstAdmin: FirstAdmin, settings: Settings, ladder: Ladder): Promise<void> {
  const made = await ensureSuperuser(firstAdmin, settings, ladder);
  if (made.ok) return;
  const { problems = [], detail = made.refusal.code } = made.refusal;
  const told = problems.map(
    (one) => `${one.field === 'password' ? 'SUPERUSER_PASSWORD' : 'SUPERUSER'}: ${one.message}`,
  );
  throw new SettingsError(told.length > 0 ? told : [`SUPERUSER: ${detail}`]);
}

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
