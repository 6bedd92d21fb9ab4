import type { NextFunction, Request, Response } from 'express';
import { type Answer, writeAnswer } from '../request/respond/write.ts';
import { inventory } from './inventory.ts';
import type { Route } from './route.ts';
import { type RouteRequest, refuse } from './serve.ts';

/** The methods of the routes, in the form of the `Allow` header. A GET route answers HEAD, and every path OPTIONS. */
function allowed(routes: readonly Route[]): string {
  const methods = routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  return [...new Set([...methods, 'OPTIONS'])].join(', ');
}

/**
 * Answers requests that no route has answered: 405 with `Allow` (RFC 9110, 15.5.6) where routes of other methods have the
 * path, 204 with `Allow` for OPTIONS there, else 404. `note` runs for each route path that matches the request, before `answer`.
 */
export function otherMethods(requestOf: (req: Request, res: Response) => RouteRequest) {
  const matched = new WeakMap<Request, Route[]>();

  return {
    note: (path: string) => {
      const routes = inventory.filter((route) => route.path === path);
      return function noteRoutes(req: Request, _res: Response, next: NextFunction): void {
        matched.set(req, [...(matched.get(req) ?? []), ...routes]);
        next();
      };
    },

    answer(req: Request, res: Response): void {
      const routes = matched.get(req) ?? [];
      if (routes.length > 0) res.setHeader('Allow', allowed(routes));
      writeAnswer(req, res, answerFor(requestOf(req, res), routes));
    },
  };
}

function answerFor(request: RouteRequest, routes: readonly Route[]): Answer {
  if (routes.length === 0) return refuse(request, { code: 'not_found' });
  if (request.req.method === 'OPTIONS') return { status: 204, headers: {}, body: '' };
  // The routes of a protocol write refusals in its form.
  return refuse({ ...request, route: routes.find((route) => route.refuse) }, { code: 'method_not_allowed' });
}
