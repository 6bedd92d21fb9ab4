import type { Route } from '../../route.ts';

/** The page `admin/health`. */
export const adminHealthRoutes: readonly Route[] = [];
