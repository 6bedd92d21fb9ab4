import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from 'express';
import helmet from 'helmet';
import type { Core } from '../core.ts';
import type { Settings } from '../settings/settings.ts';
import { inventory } from './inventory.ts';
import { write } from './reply.ts';
import type { Route } from './route.ts';
import { type Asked, answerFailure, refuse, serve } from './serve.ts';

/**
 * Our pages and API as an Express application of its own. It learns its path where it is mounted; `prefix` (begins with
 * `/`, ends without one) says another, as behind a proxy that takes a part of the path away, and is the path below which
 * it answers when it is called without being mounted.
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
  app.use(ownHeaders(core.settings));
  app.use((req, res, next) => (mounted || req.baseUrl !== '' ? routes : below)(req, res, next));
  return app;
}

/** A route for each line of the inventory, and nothing else. */
function routerOf(core: Core, prefix: string | undefined): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const asked = (req: Request, res: Response): Asked => ({ core, prefix: prefix ?? req.baseUrl, req, res });
  for (const route of inventory) {
    router[route.method](expressPath(route), (req, res) =>
      serve({ ...asked(req, res), route }).catch((error: unknown) =>
        answerFailure({ ...asked(req, res), route }, error),
      ),
    );
  }
  router.use((req, res) => write(res, refuse(asked(req, res), { code: 'not_found' })));
  router.use((error: unknown, req: Request, res: Response, _next: NextFunction) =>
    answerFailure(asked(req, res), error),
  );
  return router;
}

const expressPath = (route: Route): string => route.path.replace(/\{(\w+)\}/g, ':$1');

/** On our own answers only, never on what an upstream says. */
function ownHeaders(settings: Settings): RequestHandler {
  const https = settings.publicUrl?.startsWith('https:') ?? false;
  const harden = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // With `no-referrer` our own forms would send `Origin: null`.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // The origin is shared with what is behind us: it is for that to say.
    originAgentCluster: false,
  });
  return (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('Vary', 'Cookie, Authorization');
    harden(req, res, next);
  };
}
