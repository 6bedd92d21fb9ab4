import type { IncomingMessage } from 'node:http';
import type { Answer } from '#request';

/** Replaces the registered service worker and unregisters itself. */
const script = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.registration.unregister()));
`;

/** The answer to a request for a service worker's script that must not come from the upstream. */
export const unregisteringWorker: Answer = Object.freeze({
  status: 200,
  headers: {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
  },
  body: script,
});

/**
 * Whether a request is for a service worker's script whose folder, its widest scope by default, covers the pages below
 * `prefix`: such a worker could answer in their place.
 */
export function coversOwnPages(req: IncomingMessage, path: string, prefix: string): boolean {
  if (req.headers['service-worker'] !== 'script') return false;
  return `${prefix}/`.startsWith(path.slice(0, path.lastIndexOf('/') + 1));
}
