import type { Gatewarden } from 'gatewarden';

/** The token of the setup link; undefined once there is an admin. */
export async function setupTokenOf(gate: Pick<Gatewarden, 'setupLink'>): Promise<string | undefined> {
  const link = await gate.setupLink('http://localhost');
  return link === undefined ? undefined : tokenIn(link);
}

/** The token in the fragment of a setup link. */
export const tokenIn = (link: string): string => new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? '';
