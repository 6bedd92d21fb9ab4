import type { Route } from '../../route.ts';

/** The page `admin/users`. */
export const adminUsersRoutes: readonly Route[] = [];
