import { z } from 'zod';
import type { ClientFields, ClientFormShown } from '../../../pages/admin/client-form.ts';
import { type CallContext, needsPassword } from '../../route.ts';
import { field } from '../page.ts';

/** The fields of a client's forms. Scopes are not left out when they cannot be read. */
export const clientFields = {
  name: field,
  role: field,
  scopes: z.union([z.string(), z.array(z.string()).max(100)]).optional(),
  current_password: field,
};

const listOf = (scopes: string | readonly string[] = []): readonly string[] =>
  typeof scopes === 'string' ? [scopes] : scopes;

/** What was filled in, to show it again. */
export const filledOf = ({
  name = '',
  role = '',
  scopes,
}: Readonly<{ name?: string | undefined; role?: string | undefined; scopes?: string | string[] | undefined }>) =>
  ({ name, role, scopes: listOf(scopes) }) satisfies ClientFields;

/** The lowest role that may hold a scope. */
const leastRole = ({ core: { ladder, scopes } }: CallContext, scope: string): string =>
  ladder.names.find((role) => scopes.heldBy(role).includes(scope)) ?? '';

/**
 * What the form of a client offers: the roles up to the caller's, and the scopes that they hold. A client keeps what it has already,
 * though the caller may not give it or nobody has declared it.
 */
export async function clientFormOf(
  call: CallContext,
  kept: Readonly<{ role?: string; scopes: readonly string[] }> = { scopes: [] },
): Promise<Omit<ClientFormShown, 'filled'>> {
  const { ladder } = call.core;
  const { role, scopes } = call.principal;
  const mayGive = ladder.names.slice(1, ladder.position(role) + 1);
  const others = kept.scopes.filter((scope) => !scopes.includes(scope));
  return {
    roles: kept.role === undefined || mayGive.includes(kept.role) ? mayGive : [kept.role, ...mayGive],
    scopes: [...scopes, ...others].map((name) => ({ name, least: leastRole(call, name) })),
    asksPassword: await needsPassword(call),
  };
}
