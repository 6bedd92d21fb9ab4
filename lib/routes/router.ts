import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Core } from '../core.ts';
import { writeAnswer } from '../request/respond/write.ts';
import { inventory } from './inventory.ts';
import type { Route } from './route.ts';
import { answerFailure, type RouteRequest, refuse, serve } from './serve.ts';

/** Registers each route of the inventory with Express. */
export function routerOf(core: Core, prefix: string | undefined): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const request = (req: Request, res: Response): RouteRequest => ({ core, prefix: prefix ?? req.baseUrl, req, res });
  for (const route of inventory) {
    router[route.method](expressPath(route), (req, res) =>
      serve({ ...request(req, res), route }).catch((error: unknown) =>
        answerFailure({ ...request(req, res), route }, error),
      ),
    );
  }
  router.use((req, res) => writeAnswer(req, res, refuse(request(req, res), { code: 'not_found' })));
  router.use((error: unknown, req: Request, res: Response, _next: NextFunction) =>
    answerFailure(request(req, res), error),
  );
  return router;
}

const expressPath = (route: Route): string => route.path.replace(/\{(\w+)\}/g, ':$1');
