import type { Route } from '../../route.ts';

/** The page `admin/clients`. */
export const adminClientsRoutes: readonly Route[] = [];
