import type { Request, Response } from 'express';
import type { output, ZodType } from 'zod';
import type { Core } from '../core.ts';
import { type ErrorCode, ok, type Refusal, type Result } from '../errors.ts';
import type { RequestSource } from '../request/extract/source.ts';
import type { Surface } from '../request/identify.ts';
import type { Answer } from '../request/respond/write.ts';
import type { Caller } from '../services.ts';
import type { Actor, Principal } from '../types.ts';
import { readBody, readQuery } from './input.ts';

/** Who may make a call. `self`: a person, on what is their own; `operator`, `admin`: rungs of the ladder. */
export type Guard = 'anyone' | 'signed-in' | 'self' | 'operator' | 'admin';

/** What one status of a route means. A schema describes JSON; without one `type` names what comes, if anything. */
export type Answered = Readonly<{ description: string; schema?: ZodType; type?: string }>;

/** A call that has been let in: who makes it, from where, and what it works with. */
export type CallContext = Readonly<{
  core: Core;
  req: Request;
  res: Response;
  /** The path that the routes live below, '' for the root. */
  prefix: string;
  /** The inventory's own entry. */
  route: Route;
  source: RequestSource;
  principal: Principal;
  caller: Caller;
  actor: Actor;
  /** What the path holds, decoded. */
  params: Readonly<Record<string, string>>;
}>;

/** A call whose body and query have been read and checked. */
export type Call<B = unknown, Q = unknown> = CallContext & Readonly<{ body: B; query: Q }>;

type Described = Readonly<{
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/api/v1/users/{username}`. */
  path: string;
  summary: string;
  tag: 'pages' | 'account' | 'users' | 'tokens' | 'oauth' | 'health' | 'assets';
  /** How credentials and the Origin are taken; `bare` routes show nothing of anybody and look at neither. */
  surface: Surface | 'bare';
  guard: Guard;
  /** What a credential with scopes must hold. */
  scope?: 'gatewarden:read' | 'gatewarden:write' | 'gatewarden:admin';
  /** Made with a cookie, the call needs `current_password` in its body: it creates or changes a credential or a user. */
  confirm?: true;
  answers: Readonly<Record<number, Answered>>;
  /** Refusals besides those that follow from the rest of the entry. */
  refusals?: readonly ErrorCode[];
  /** A protocol's own form of refusals, in place of problem+json. */
  refuse?: (refusal: Refusal) => Answer;
}>;

/** What a route reads: JSON, or a form. */
export type Body<B extends ZodType> = Readonly<{ as: 'json' | 'form'; schema: B }>;

/** One line of the inventory. */
export type Route = Described &
  Readonly<{
    body?: Body<ZodType>;
    query?: ZodType;
    /** Reads and checks the input. */
    read(req: Request, res: Response): Promise<Result<Input>>;
    /** Has the call confirmed where that is asked for, and does the work. */
    run(entry: CallContext, input: Input): Promise<Result<Answer>>;
  }>;

/** Body and query as the schemas of the route have them. */
export type Input = Readonly<{ body: unknown; query: unknown }>;

/** Makes a line of the inventory; the handler's types come from the schemas. */
export function route<B extends ZodType = ZodType<undefined>, Q extends ZodType = ZodType<undefined>>(
  line: Described &
    Readonly<{
      body?: Body<B>;
      query?: Q;
      handle(call: Call<output<B>, output<Q>>): Promise<Result<Answer>>;
      /** Of a form: shows it again where `current_password` was refused. Default: the refusal is answered as any other. */
      unconfirmed?(call: Call<output<B>, output<Q>>, refusal: Refusal): Promise<Result<Answer>>;
    }>,
): Route {
  const { handle, unconfirmed, ...described } = line;
  return Object.freeze({
    ...described,
    async read(req: Request, res: Response) {
      const query = readQuery(line.query, req);
      if (!query.ok) return query;
      const body = await readBody(line.body, req, res);
      return body.ok ? ok({ body: body.value, query: query.value }) : body;
    },
    async run(entry: CallContext, { body, query }: Input) {
      const call = { ...entry, body: body as output<B>, query: query as output<Q> };
      const confirmed = line.confirm ? await confirm(entry, body) : ok(undefined);
      if (confirmed.ok) return handle(call);
      return unconfirmed ? unconfirmed(call, confirmed.refusal) : confirmed;
    },
  });
}

/** Asks for the password of a session: an upstream's scripts share the origin and so the cookie, but not the password. */
async function confirm(entry: CallContext, body: unknown): Promise<Result<unknown>> {
  if (entry.principal.via !== 'session') return ok(undefined);
  const password =
    typeof body === 'object' && body !== null && 'current_password' in body ? body.current_password : undefined;
  return entry.core.signIn.confirm(entry.actor, password);
}
