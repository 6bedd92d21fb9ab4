import express from 'express';
import type { Core } from '../core.ts';
import { trustedSender } from '../request/extract/source.ts';
import { requestIdOf } from '../request/request-id.ts';
import { ownHeaders } from '../request/respond/own-headers.ts';
import { metadataPathOf } from '../settings/index.ts';
import { metadataRoute } from './oauth/metadata.ts';
import { routerOf } from './router.ts';

function application(): express.Express {
  const app = express();
  return app.disable('x-powered-by').disable('etag').enable('strict routing').enable('case sensitive routing');
}

/** Sets the headers that all our answers have. */
function headersOf(core: Core): express.RequestHandler {
  const headers = new Map(Object.entries(ownHeaders(core.settings)));
  const isTrusted = trustedSender(core.settings);
  return function setOwnHeaders(req, res, next) {
    res.removeHeader('X-Powered-By');
    res.setHeaders(headers);
    // The gateway, or a middleware of the app, may have set one.
    if (!res.hasHeader('X-Request-Id')) res.setHeader('X-Request-Id', requestIdOf(req, isTrusted(req)));
    next();
  };
}

/**
 * Our pages and API as an Express application. Mounted with `app.use(path, …)`, it takes `path` from Express. `prefix`
 * (begins with `/`, does not end with one) overrides that, for example behind a proxy that removes a part of the path; an
 * application that is called without being mounted answers below `prefix`.
 */
export function ownRoutes(core: Core, options: { prefix?: string | undefined } = {}): express.Express {
  const app = application();
  const routes = routerOf(core, ({ baseUrl }) => options.prefix ?? baseUrl);
  const below = express.Router({ caseSensitive: true }).use(options.prefix ?? '/', routes);
  let mounted = false;
  app.once('mount', () => {
    mounted = true;
  });
  app.use(headersOf(core));
  app.use((req, res, next) => (mounted || req.baseUrl !== '' ? routes : below)(req, res, next));
  return app;
}

/**
 * The metadata of OAuth at the root of the issuer's host (RFC 8414, 3.1), as an Express application to mount without a path.
 * Other paths are left to the app. `prefix`: the path of the pages, asked at each request.
 */
export function wellKnownRoutes(core: Core, prefix: () => string): express.Express {
  const app = application();
  const path = metadataPathOf(core.issuer);
  const [headers, routes] = [headersOf(core), routerOf(core, prefix)];
  app.use((req, res, next) => {
    const rest = req.url.slice(path.length);
    if (!req.url.startsWith(path) || !/^([/?]|$)/.test(rest)) return next();
    req.url = metadataRoute + rest;
    headers(req, res, () => routes(req, res, next));
  });
  return app;
}
