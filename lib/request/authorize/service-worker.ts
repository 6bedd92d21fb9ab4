import type { RequestHead } from '../extract/head.ts';

/**
 * Whether a request is for a service worker's script whose folder, its widest scope by default, covers the pages below
 * `prefix`: such a worker could answer in their place. `path`: the path as it was sent, without the query.
 */
export function coversOwnPages({ headers }: Pick<RequestHead, 'headers'>, path: string, prefix: string): boolean {
  if (headers['service-worker'] !== 'script') return false;
  return `${prefix}/`.startsWith(path.slice(0, path.lastIndexOf('/') + 1));
}
