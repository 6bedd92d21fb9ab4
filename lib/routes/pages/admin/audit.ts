import type { Route } from '../../route.ts';

/** The page `admin/audit`. */
export const adminAuditRoutes: readonly Route[] = [];
