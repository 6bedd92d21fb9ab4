import { accountActivityRoutes } from './activity.ts';
import { accountDeviceRoutes } from './devices.ts';
import { overviewRoutes } from './overview.ts';
import { accountPasswordRoutes } from './password.ts';
import { accountRevokeTokenRoutes } from './revoke-token.ts';
import { accountTokenRoutes } from './tokens.ts';

/** The pages of one's own account. */
export const accountRoutes = [
  ...overviewRoutes,
  ...accountPasswordRoutes,
  ...accountDeviceRoutes,
  ...accountTokenRoutes,
  ...accountRevokeTokenRoutes,
  ...accountActivityRoutes,
];
