import type { Gatewarden } from 'gatewarden';

/** The token of the setup link; undefined once there is an admin. */
export async function setupTokenOf(gate: Pick<Gatewarden, 'setupLink'>): Promise<string | undefined> {
  const link = await gate.setupLink('http://localhost');
  return link === undefined ? undefined : (new URL(link).searchParams.get('token') ?? '');
}
