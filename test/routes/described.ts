import { deepEqual, equal, ok } from 'node:assert/strict';
import { z } from 'zod';
import type { Client } from '../support/http.ts';
import { type Site, site } from './site.ts';

export type Json = Record<string, unknown>;
type Media = Record<string, { schema: Json }>;

/** An operation of the description, and where it is. */
export type Operation = Readonly<{
  /** As the description writes it: `get /api/v1/users/{username}`. */
  line: string;
  method: string;
  path: string;
  parameters: readonly Readonly<{ name: string; in: string; schema: Json }>[];
  requestBody?: Readonly<{ required: boolean; content: Media }>;
  responses: Readonly<Record<string, Readonly<{ content?: Media }>>>;
  'x-gatewarden': Readonly<{ guard: string; scope: string | null; needs_confirmation: boolean }>;
}>;

/** A request of an operation. `by`: whose client sends it, the admin's with a cookie unless given. */
export type Wish = Readonly<{
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>> | string;
  body?: unknown;
  form?: Readonly<Record<string, string>> | string;
  /** Sent as it is, with the type that `headers` name. */
  raw?: string;
  headers?: Readonly<Record<string, string>>;
  by?: Pick<Client, 'send'>;
}>;

export type Answered = Readonly<{ status: number; value: Json; headers: Headers }>;

/** A running site, its description, and the means to hold the one to the other. */
export type Described = Readonly<{
  site: Site;
  admin: Client;
  operations: readonly Operation[];
  components: Json;
  openapi: string;
  /** A validator of a schema of the description. */
  judge(schema: Json): z.ZodType;
  /** Sends a request, and fails for a status, a media type or a body that the operation does not declare. */
  held(operation: Operation, wish?: Wish): Promise<Answered>;
  /** The statuses that an operation answered with so far. */
  seen(operation: Operation): ReadonlySet<string>;
}>;

const isAsset = ({ path }: Operation): boolean => path.startsWith('/assets/');

function targetOf({ path }: Operation, { params = {}, query = '' }: Wish): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'none-such'));
  const search = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return `/auth${filled}${search === '' ? '' : `?${search}`}`;
}

function bodyOf({ body, form, raw }: Wish): [type: string, content: string] | undefined {
  if (raw !== undefined) return ['', raw];
  if (body !== undefined) return ['application/json', JSON.stringify(body)];
  if (form === undefined) return undefined;
  return ['application/x-www-form-urlencoded', typeof form === 'string' ? form : new URLSearchParams(form).toString()];
}

/** Opens a site with an admin called ada. */
export async function described(): Promise<Described> {
  const here = await site({ signup: 'invite' });
  const admin = await here.signedIn('ada', 'admin');
  const description = (await (await here.client().send('/auth/api/v1/openapi.json')).json()) as Json;
  const components = (description.components as { schemas: Json }).schemas;
  const paths = description.paths as Record<string, Record<string, Omit<Operation, 'line' | 'method' | 'path'>>>;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ ...one, line: `${method} ${path}`, method, path })),
  );
  const statuses = new Map<string, Set<string>>();

  function judge(schema: Json): z.ZodType {
    const name =
      String(schema.$ref ?? '')
        .split('/')
        .pop() ?? '';
    return z.fromJSONSchema((components[name] ?? schema) as z.core.JSONSchema.JSONSchema);
  }

  function send(operation: Operation, wish: Wish): Promise<Response> {
    const content = bodyOf(wish);
    const typed = content === undefined || content[0] === '' ? {} : { 'content-type': content[0] };
    return (wish.by ?? admin).send(targetOf(operation, wish), {
      method: operation.method.toUpperCase(),
      headers: { ...typed, ...wish.headers },
      ...(content && { body: content[1] }),
    });
  }

  function readAs(operation: Operation, answer: Response, text: string): Json {
    const { line, responses } = operation;
    const declared = responses[String(answer.status)];
    ok(declared, `${line} answered ${answer.status}, which is not described: ${text}`);
    if (text === '') return {};
    const type = (answer.headers.get('content-type') ?? '').replace(/;.*/, '');
    const media = declared.content?.[type];
    ok(media, `${line} answered ${answer.status} as ${type}, which is not described`);
    return type.endsWith('json') ? (judge(media.schema).parse(JSON.parse(text)) as Json) : {};
  }

  return {
    site: here,
    admin,
    operations,
    components,
    openapi: String(description.openapi),
    judge,
    async held(operation, wish = {}) {
      const answer = await send(operation, wish);
      const value = readAs(operation, answer, await answer.text());
      statuses.set(operation.line, (statuses.get(operation.line) ?? new Set()).add(String(answer.status)));
      const { headers, status } = answer;
      if (!isAsset(operation)) {
        const kept = [headers.get('cache-control'), headers.get('vary')];
        deepEqual(kept, ['no-store', 'Cookie, Authorization, X-Gatewarden-Token'], operation.line);
      }
      if (status === 401) equal((headers.get('www-authenticate') ?? '') === '', false, operation.line);
      return { status, value, headers };
    },
    seen: ({ line }) => statuses.get(line) ?? new Set(),
  };
}

/** The schema of a JSON body. */
export const jsonBodyOf = ({ requestBody }: Operation): Json | undefined =>
  requestBody?.content['application/json']?.schema;

/** The fields of a body, JSON or form. */
export function fieldsOf({ requestBody }: Operation): readonly string[] {
  const [media] = Object.values(requestBody?.content ?? {});
  return Object.keys((media?.schema.properties ?? {}) as Json);
}
