import { z } from 'zod';
import { type ErrorCode, errorTable } from '../errors.ts';
import { mediaTypes } from '../request/respond/media-types.ts';
import { oauthErrorSchema } from './oauth/errors.ts';
import { json } from './reply.ts';
import { type Answered, type Route, route } from './route.ts';
import { problem } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 uses JSON Schema 2020-12. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' });
  return rest;
}

/** The refusals of a route: those that follow from its fields, and its own. */
function refusalsOf(route: Route): readonly ErrorCode[] {
  const { surface, guard, scope, confirm, body, query, refusals = [] } = route;
  const mayRead: ErrorCode[] = body || query ? ['validation_failed'] : [];
  const mayParse: ErrorCode[] = body ? ['unsupported_media_type', 'payload_too_large'] : [];
  const seen: ErrorCode[] =
    surface === 'bare' || surface === 'original-request'
      ? []
      : ['malformed_credential', 'invalid_token', 'csrf_rejected', 'auth_disabled', 'misdirected_host'];
  const guarded: ErrorCode[] = guard === 'anyone' ? [] : ['missing_credential', 'insufficient_role'];
  const scoped: ErrorCode[] = scope ? ['insufficient_scope'] : [];
  const confirmed: ErrorCode[] = confirm ? ['confirmation_required', 'rate_limited'] : [];
  const always: ErrorCode[] = surface === 'bare' && route.tag !== 'health' ? [] : ['store_unavailable'];
  return [...new Set([...mayRead, ...mayParse, ...seen, ...guarded, ...scoped, ...confirmed, ...refusals, ...always])];
}

function problemResponses(route: Route): Record<string, Json> {
  const byStatus = Object.groupBy(refusalsOf(route), (code) => String(errorTable[code].status));
  const media = route.refuse ? mediaTypes.json : mediaTypes.problem;
  const schema = route.refuse ? { $ref: '#/components/schemas/OAuthError' } : { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      { description: codes.map((code) => `\`${code}\``).join(', '), content: { [media]: { schema } } },
    ]),
  );
}

function answered({ description, schema, type }: Answered): Json {
  if (schema) return { description, content: { [mediaTypes.json]: { schema: jsonSchema(schema, 'output') } } };
  return type ? { description, content: { [type]: { schema: { type: 'string' } } } } : { description };
}

/** A status of a page has a problem+json body as well, for clients that are not browsers. */
function responsesOf(route: Route): Json {
  const responses = problemResponses(route);
  for (const [status, answer] of Object.entries(route.answers)) {
    const own = answered(answer);
    const content = { ...(responses[status]?.content as Json | undefined), ...(own.content as Json | undefined) };
    responses[status] = Object.keys(content).length > 0 ? { ...own, content } : own;
  }
  return responses;
}

function parametersOf(route: Route): readonly Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {} } = route.query ? jsonSchema(route.query, 'output') : {};
  const inQuery = Object.entries(properties as Json).map(([name, schema]) => ({ name, in: 'query', schema }));
  return [...inPath, ...inQuery];
}

function operationOf(route: Route): Json {
  const { method, path, summary, tag, guard, scope, confirm, body } = route;
  // No body is an empty one.
  const required = body?.schema.safeParse({}).success === false;
  const security = guard === 'anyone' ? [{}, { bearer: [] }, { cookie: [] }] : [{ bearer: [] }, { cookie: [] }];
  const content = body && { [mediaTypes[body.as]]: { schema: jsonSchema(body.schema, 'input') } };
  return {
    operationId: `${method}${path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    summary,
    tags: [tag],
    security: route.surface === 'bare' ? [] : security,
    'x-gatewarden': { guard, scope: scope ?? null, needs_confirmation: confirm ?? false },
    parameters: parametersOf(route),
    ...(content && { requestBody: { required, content } }),
    responses: responsesOf(route),
  };
}

function pathsOf(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return paths;
}

function describe(routes: readonly Route[], server: string, cookie: string): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Gatewarden', version: '1', description: 'Sign-in, accounts, tokens and users.' },
    servers: [{ url: server }],
    paths: pathsOf(routes),
    components: {
      schemas: { Problem: jsonSchema(problem, 'output'), OAuthError: jsonSchema(oauthErrorSchema, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token or an API token.' },
        cookie: { type: 'apiKey', in: 'cookie', name: cookie },
      },
    },
  };
}

/** The route of the OpenAPI description: all `routes` and itself, without the assets. */
export function openapiRoute(routes: readonly Route[]): Route {
  const own: Route = route({
    method: 'get',
    path: '/api/v1/openapi.json',
    summary: 'This description.',
    tag: 'health',
    surface: 'sign-in',
    guard: 'anyone',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
    handle: async ({ core, prefix }) =>
      json(
        200,
        describe(
          [...routes.filter(({ tag }) => tag !== 'assets'), own],
          prefix || '/',
          core.browserSessions.cookieNames[0] ?? 'gatewarden',
        ),
      ),
  });
  return own;
}
