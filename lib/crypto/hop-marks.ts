import { createHmac } from 'node:crypto';

/**
 * The marks of a route: a request that carries one has passed through the route before. One for each key, 16 characters of
 * URL-safe base64.
 */
export const hopMarks = (keys: readonly Buffer[], route: string): readonly string[] =>
  keys.map((key) => createHmac('sha256', key).update(route).digest('base64url').slice(0, 16));
