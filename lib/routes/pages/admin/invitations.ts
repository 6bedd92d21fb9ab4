import type { Route } from '../../route.ts';

/** The page `admin/invitations`. */
export const adminInvitationsRoutes: readonly Route[] = [];
