import type { CallContext } from '../../route.ts';

/** Whether the other pages of the account answer the caller. */
export const hasOwnPages = ({ core, principal }: CallContext): boolean =>
  principal.kind === 'user' &&
  principal.scopes.includes('gatewarden:read') &&
  core.ladder.atLeast(principal.role, core.ladder.rung('viewer'));

/** Whether the pages offer changes: to somebody with a session. For a token or auto-login they are to read. */
export const mayChange = (call: CallContext): boolean => call.principal.via === 'session' && hasOwnPages(call);
