import { userInfo } from 'node:os';
import type { Actor, Gatewarden } from 'gatewarden';
import { readEnvironment } from './environment.ts';

/** What `--local` commands take besides their own options. */
export interface LocalOptions {
  readonly envFile?: string;
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** Who acts, for the audit log: whoever may write the store's file is an admin. No username holds a colon. */
export const commandActor = (): Actor => ({
  principal: { kind: 'user', id: 'command', name: `command:${osUser()}`, role: 'admin', scopes: [], via: 'command' },
});

/** Does something on the store itself, without a server; a gateway that runs on it sees the change within a second. */
export async function onStore<T>(options: LocalOptions, act: (gate: Gatewarden) => Promise<T>): Promise<T> {
  readEnvironment(options.envFile);
  const { gatewarden } = await import('gatewarden');
  const gate = await gatewarden({ logLevel: 'silent' });
  try {
    return await act(gate);
  } finally {
    await gate.close();
  }
}
