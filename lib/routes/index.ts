import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Core } from '../core.ts';
import type { Settings } from '../settings/settings.ts';
import { routerOf } from './router.ts';

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
