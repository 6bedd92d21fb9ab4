import type { AnyKind } from '../kind.ts';
import { adminsKind } from './admins.ts';
import { apiTokenKind } from './api-token.ts';
import { endedSessionKind } from './ended-session.ts';
import { factKind } from './fact.ts';
import { refreshFamilyKind } from './refresh-family.ts';
import { signingKeyKind } from './signing-key.ts';
import { userKind } from './user.ts';

/** Every kind, in the order in which an import adds them. */
export const allKinds: readonly AnyKind[] = [
  factKind,
  signingKeyKind,
  userKind,
  adminsKind,
  apiTokenKind,
  refreshFamilyKind,
  endedSessionKind,
];
