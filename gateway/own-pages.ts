import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express } from 'express';
import type { Gate } from './gate.ts';
import { Http2Request } from './listener/http2-request.ts';
import { Http2Response } from './listener/http2-response.ts';

/** Gatewarden's own pages and API, below `PREFIX`, and the OAuth metadata at the root of the host. */
export function ownPages(gate: Gate): (req: IncomingMessage, res: ServerResponse) => void {
  const http1 = pagesOn(express(), gate);
  if (gate.settings.tlsCert === undefined) return http1;
  const http2 = pagesOn(expressForHttp2(), gate);
  return (req, res) => (req instanceof Http2Request ? http2(req, res) : http1(req, res));
}

/** A mounted application takes over the prototypes of the one that it is mounted in: each needs routes of its own. */
function pagesOn(app: Express, gate: Gate): Express {
  app.disable('x-powered-by');
  app.use(gate.settings.prefix, gate.router());
  app.use(gate.wellKnown());
  return app;
}

/** Express gives each request and answer prototypes of its own: here they extend those of HTTP/2. */
function expressForHttp2(): Express {
  const app = express();
  Object.setPrototypeOf(app.request, onto(Http2Request.prototype, express.request));
  Object.setPrototypeOf(app.response, onto(Http2Response.prototype, express.response));
  return app;
}

const onto = (base: object, own: object): object => Object.create(base, Object.getOwnPropertyDescriptors(own));
