import { isObject, textIn } from '../json.ts';
import type { Output } from '../output.ts';
import { connect } from '../server.ts';
import type { Globals } from '../shared-options.ts';

export interface MintOptions {
  readonly principal: string;
  readonly type?: 'User' | 'Operator';
  /** Seconds, or a time such as `1h`. */
  readonly ttl?: string;
  readonly role?: string;
}

/** `token`: prints an access token for somebody else, which only admins may mint. */
export async function mint({ principal, type, ttl, role }: MintOptions, globals: Globals, out: Output): Promise<void> {
  const server = await connect(globals, out);
  const lifetime = ttl !== undefined && /^\d{1,9}$/.test(ttl) ? Number(ttl) : ttl;
  const path = `/api/v1/users/${encodeURIComponent(principal)}/token`;
  const minted = await server.confirmed('POST', path, { body: { type, ttl: lifetime, role } });
  out.line((isObject(minted) && textIn(minted, 'token')) || '', minted);
}
