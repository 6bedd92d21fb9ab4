import type { AnyKind } from '../kind.ts';
import { adminsKind } from './admins.ts';
import { apiTokenKind } from './api-token.ts';
import { clientKind } from './client.ts';
import { deviceGrantKind } from './device-grant.ts';
import { endedSessionKind } from './ended-session.ts';
import { factKind } from './fact.ts';
import { figureKind } from './figure.ts';
import { handOverKind } from './hand-over.ts';
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
  handOverKind,
  figureKind,
];

/** Those that are over in seconds or minutes, and the figures, which every instance adds to by itself. */
const kept: ReadonlySet<AnyKind> = new Set([deviceGrantKind, handOverKind, figureKind]);

/**
 * The kinds that are exported and imported, in this order. Not those of devices that wait and of sessions that are handed over: an
 * import could bring back one that was used. Nor the figures: an import would meet those that the store has of the same hour.
 */
export const movedKinds: readonly AnyKind[] = allKinds.filter((one) => !kept.has(one));
