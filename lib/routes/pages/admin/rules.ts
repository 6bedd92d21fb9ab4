import type { Route } from '../../route.ts';

/** The page `admin/rules`. */
export const adminRulesRoutes: readonly Route[] = [];
