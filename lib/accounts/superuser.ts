import { ok, type Result, SettingsError } from '../errors.ts';
import type { FirstAdmin } from '../services.ts';
import type { Settings } from '../settings/settings.ts';
import type { Actor, Ladder } from '../types.ts';

/**
 * Creates the admin that the environment names, while there is none. Throws `SettingsError` when the name or password is
 * refused.
 */
export async function makeSuperuser(firstAdmin: FirstAdmin, settings: Settings, ladder: Ladder): Promise<void> {
  const made = await ensureSuperuser(firstAdmin, settings, ladder);
  if (made.ok) return;
  const { problems = [], detail = made.refusal.code } = made.refusal;
  const sentences = problems.map(
    (one) => `${one.field === 'password' ? 'SUPERUSER_PASSWORD' : 'SUPERUSER'}: ${one.message}`,
  );
  throw new SettingsError(sentences.length > 0 ? sentences : [`SUPERUSER: ${detail}`]);
}

/** The program itself, at its start. */
const program = (role: string): Actor => ({
  principal: { kind: 'user', id: '', name: '', role, scopes: [], via: 'command' },
});

/**
 * Creates the admin that `SUPERUSER` and `SUPERUSER_PASSWORD` name, at start, while there is no admin; never changes one.
 * `kept`: there is an admin already. `unset`: the settings name none. A refused name or password should end the start.
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
  // Another instance that started at the same time has created the admin.
  return (await firstAdmin.needed()) ? made : ok('kept');
}
