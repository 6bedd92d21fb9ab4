import { adminAuditRoutes } from './audit.ts';
import { adminClientsRoutes } from './clients.ts';
import { adminHealthRoutes } from './health.ts';
import { adminInvitationsRoutes } from './invitations.ts';
import { adminOverviewRoutes } from './overview.ts';
import { adminRulesRoutes } from './rules.ts';
import { adminSessionsRoutes } from './sessions.ts';
import { adminSettingsRoutes } from './settings.ts';
import { adminUsersRoutes } from './users.ts';

/** The pages of the administration. */
export const adminRoutes = [
  ...adminOverviewRoutes,
  ...adminUsersRoutes,
  ...adminInvitationsRoutes,
  ...adminClientsRoutes,
  ...adminSessionsRoutes,
  ...adminAuditRoutes,
  ...adminRulesRoutes,
  ...adminSettingsRoutes,
  ...adminHealthRoutes,
];
