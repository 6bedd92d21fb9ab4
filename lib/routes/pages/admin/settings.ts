import type { Route } from '../../route.ts';

/** The page `admin/settings`. */
export const adminSettingsRoutes: readonly Route[] = [];
