import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Gate } from './gate.ts';

/** Gatewarden's own pages and API, below `PREFIX`, and the OAuth metadata at the root of the host. */
export function ownPages(gate: Gate): (req: IncomingMessage, res: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.use(gate.settings.prefix, gate.router());
  app.use(gate.wellKnown());
  return app;
}
