import type { Route } from '../../route.ts';

/** The page `admin`. */
export const adminOverviewRoutes: readonly Route[] = [];
