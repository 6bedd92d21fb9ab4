import type { AnyKind } from '../kind.ts';
import { adminsKind } from './admins.ts';
import { apiTokenKind } from './api-token.ts';
import { clientKind } from './client.ts';
import { deviceGrantKind } from './device-grant.ts';
import { endedSessionKind } from './ended-session.ts';
import { factKind } from './fact.ts';
import { invitationKind } from './invitation.ts';
import { refreshFamilyKind } from './refresh-family.ts';
import { revokedTokenKind } from './revoked-token.ts';
import { signingKeyKind } from './signing-key.ts';
import { userKind } from './user.ts';

/** Every kind, in the order in which an import adds them. */
export const allKinds: readonly AnyKind[] = [
  factKind,
  signingKeyKind,
  userKind,
  adminsKind,
  apiTokenKind,
  clientKind,
  refreshFamilyKind,
  endedSessionKind,
  revokedTokenKind,
  invitationKind,
  deviceGrantKind,
];

/**
 * The kinds that are exported and imported, in this order. Not those of devices that wait: they are over in minutes, and an
 * import could bring back one that has its tokens.
 */
export const movedKinds: readonly AnyKind[] = allKinds.filter((one) => one !== deviceGrantKind);
