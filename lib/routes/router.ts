import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Core } from '../core.ts';
import { inventory } from './inventory.ts';
import { otherMethods } from './other-methods.ts';
import type { Route } from './route.ts';
import { answerFailure, type RouteRequest, serve } from './serve.ts';

/** Registers each route of the inventory with Express. `prefix`: the path of the routes as the client sees it. */
export function routerOf(core: Core, prefix: (req: Request) => string): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const request = (req: Request, res: Response): RouteRequest => ({ core, prefix: prefix(req), req, res });
  for (const route of inventory) {
    const handle = (req: Request, res: Response): Promise<void> =>
      serve({ ...request(req, res), route }).catch((error: unknown) =>
        answerFailure({ ...request(req, res), route }, error),
      );
    if (route.everyMethod) router.all(everythingBelow(route), handle);
    else router[route.method](expressPath(route), handle);
  }
  const others = otherMethods(request);
  for (const path of new Set(inventory.filter((route) => !route.everyMethod).map((route) => route.path)))
    router.all(expressPath({ path }), others.note(path));
  router.use(others.answer);
  router.use((error: unknown, req: Request, res: Response, _next: NextFunction) =>
    answerFailure(request(req, res), error),
  );
  return router;
}

/** The path without its last parameter, and all that is below: as sent, not decoded. */
const everythingBelow = ({ path }: Pick<Route, 'path'>): RegExp =>
  new RegExp(`^${path.replace(/\/\{\w+\}$/, '').replaceAll(/[.]/g, '\\.')}(?:/|$)`);

const expressPath = ({ path }: Pick<Route, 'path'>): string => path.replace(/\{(\w+)\}/g, ':$1');
