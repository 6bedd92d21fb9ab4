import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Gate } from './gate.ts';

/** Whose a request target is: ours, the upstream's, or one that somebody might take for ours. */
export type Owner = 'ours' | 'upstream' | 'unclear';

// A path without any of these can be read in one way only.
const readTwice = /[%;\\A-Z]|\/\/|^[^/]|[. ](\/|$)/;

/** Says of the path of a raw request target whose it is. `prefix` begins with `/`, ends without one, and is written in plain characters. */
export function ownership(prefix: string): (path: string) => Owner {
  const folded = prefix.toLowerCase();
  const isBelow = (path: string, top: string): boolean =>
    path.startsWith(top) && (path.length === top.length || path.charCodeAt(top.length) === 0x2f);

  return function ownerOf(path) {
    if (isBelow(path, prefix)) return 'ours';
    return readTwice.test(path) && isBelow(mostLenient(path), folded) ? 'unclear' : 'upstream';
  };
}

/** A path as the most forgiving server would read it. */
function mostLenient(path: string): string {
  const decoded = path
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const segments = decoded.toLowerCase().replaceAll('\\', '/').split('/');
  const kept = segments.map((segment) => segment.replace(/;.*$/, '').replace(/[. ]+$/, '')).filter((one) => one !== '');
  return `/${kept.join('/')}`;
}

/** Our pages and API below `PREFIX`. */
export function ownPages(gate: Gate): (req: IncomingMessage, res: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.use(gate.settings.prefix, gate.router());
  return app;
}
