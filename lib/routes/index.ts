import express from 'express';
import type { Core } from '../core.ts';
import { ownHeaders } from '../request/respond/own-headers.ts';
import { routerOf } from './router.ts';

/**
 * Our pages and API as an Express application. Mounted with `app.use(path, …)`, it takes `path` from Express. `prefix`
 * (begins with `/`, does not end with one) overrides that, for example behind a proxy that removes a part of the path; an
 * application that is called without being mounted answers below `prefix`.
 */
export function ownRoutes(core: Core, options: { prefix?: string | undefined } = {}): express.Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing').enable('case sensitive routing');
  const routes = routerOf(core, options.prefix);
  const below = express.Router({ caseSensitive: true }).use(options.prefix ?? '/', routes);
  let mounted = false;
  app.once('mount', () => {
    mounted = true;
  });
  const headers = new Map(Object.entries(ownHeaders(core.settings)));
  app.use((_req, res, next) => {
    res.removeHeader('X-Powered-By');
    res.setHeaders(headers);
    next();
  });
  app.use((req, res, next) => (mounted || req.baseUrl !== '' ? routes : below)(req, res, next));
  return app;
}
