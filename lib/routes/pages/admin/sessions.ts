import type { Route } from '../../route.ts';

/** The page `admin/sessions`. */
export const adminSessionsRoutes: readonly Route[] = [];
