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
