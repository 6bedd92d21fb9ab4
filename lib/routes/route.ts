import type { Request, Response } from 'express';
import type { output, ZodType } from 'zod';
import type { Core } from '../core.ts';
import { type ErrorCode, ok, type Refusal, type Result } from '../errors.ts';
import type { RequestSource } from '../request/extract/source.ts';
import type { Surface } from '../request/identify.ts';
import type { Answer, StreamedAnswer } from '../request/respond/write.ts';
import type { Caller } from '../services.ts';
import type { Actor, Principal } from '../types.ts';
import { readBody, readQuery } from './input.ts';

/** Who may make a call. `self`: a person, on what is their own; `operator`, `admin`: rungs of the ladder. */
export type Guard = 'anyone' | 'signed-in' | 'self' | 'operator' | 'admin';

/** One status that a route answers with. `schema` describes a JSON body; without it, `type` is the media type, if there is a body. */
export type Answered = Readonly<{ description: string; schema?: ZodType; type?: string }>;

/** An authorized call, before its body and query are read. */
export type CallContext = Readonly<{
  core: Core;
  req: Request;
  res: Response;
  /** The path that the routes live below, '' for the root. */
  prefix: string;
  /** The route that was called. */
  route: Route;
  source: RequestSource;
  principal: Principal;
  caller: Caller;
  actor: Actor;
  /** Why the credential is refused, where the route is run all the same (`endsOwn`). */
  refusal?: Refusal | undefined;
  /** The request came with a cookie that names no live session, which the answer clears. */
  endedCookie: boolean;
  /** The parameters in the path, decoded. */
  params: Readonly<Record<string, string>>;
}>;

/** A call whose body and query have been read and checked. */
export type Call<B = unknown, Q = unknown> = CallContext & Readonly<{ body: B; query: Q }>;

type Described = Readonly<{
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI's notation: `/api/v1/users/{username}`. */
  path: string;
  summary: string;
  tag: 'pages' | 'account' | 'users' | 'tokens' | 'clients' | 'oauth' | 'forward-auth' | 'health' | 'assets';
  /** It answers every method, and every path below the one before its last parameter. `method` is the one that is described. */
  everyMethod?: true;
  /**
   * How credentials and the Origin header are read. `bare`: neither is read, the answer is the same for everybody;
   * `original-request`: the route reads those of the request that a front proxy asks about.
   */
  surface: Surface | 'bare' | 'original-request';
  guard: Guard;
  /** The scope that a credential needs, if its scopes are limited. */
  scope?: 'gatewarden:read' | 'gatewarden:write' | 'gatewarden:admin';
  /**
   * The call creates or changes a credential or a user: made with a cookie it needs `current_password` in its body, made
   * with an access token that or a fresh sign-in. An API token needs only its scope.
   */
  confirm?: true;
  /**
   * The call ends what it is made with. It is run for a caller whose credential has ended, too: as anonymous, with the refusal in
   * `CallContext.refusal`.
   */
  endsOwn?: true;
  /**
   * The page is answered at hosts that sign-in is handed over to. Other pages are answered at `PUBLIC_URL` in place of them, so that
   * nobody types a password on the origin of an upstream.
   */
  everyHost?: true;
  answers: Readonly<Record<number, Answered>>;
  /** Refusals besides those that follow from the other fields. */
  refusals?: readonly ErrorCode[];
  /** Writes refusals in the form of a protocol, such as OAuth's, instead of problem+json. */
  refuse?: (refusal: Refusal) => Answer;
}>;

/** The body of a call: JSON, or a form. */
export type Body<B extends ZodType> = Readonly<{ as: 'json' | 'form'; schema: B }>;

/** A route of the inventory. */
export type Route = Described &
  Readonly<{
    body?: Body<ZodType>;
    query?: ZodType;
    /** Reads and checks the input. */
    read(req: Request, res: Response): Promise<Result<Input>>;
    /** Checks `current_password` where the route asks for it, then handles the call. */
    run(entry: CallContext, input: Input): Promise<Result<RouteAnswer>>;
  }>;

/** What a route answers with: all at once, or chunk by chunk. */
export type RouteAnswer = Answer | StreamedAnswer;

/** Body and query, parsed by the schemas of the route. */
export type Input = Readonly<{ body: unknown; query: unknown }>;

/** Makes a route; the types of the handler are inferred from the schemas. */
export function route<B extends ZodType = ZodType<undefined>, Q extends ZodType = ZodType<undefined>>(
  line: Described &
    Readonly<{
      body?: Body<B>;
      query?: Q;
      handle(call: Call<output<B>, output<Q>>): Promise<Result<RouteAnswer>>;
      /** For a form: shows it again when `current_password` is refused. Default: an error page or problem+json. */
      unconfirmed?(call: Call<output<B>, output<Q>>, refusal: Refusal): Promise<Result<RouteAnswer>>;
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
      const confirmed = line.confirm ? await confirm(entry, body) : ok(false);
      if (confirmed.ok) return handle(confirmed.value ? { ...call, actor: { ...call.actor, confirmed: true } } : call);
      return unconfirmed ? unconfirmed(call, confirmed.refusal) : confirmed;
    },
  });
}

/**
 * Whether the call needs `current_password`. An upstream's scripts share the origin and so the cookie, but not the password;
 * what is created with a stolen access token would outlive it. What an API token or a client creates dies with it.
 */
export async function needsPassword({ core, principal, source }: CallContext): Promise<boolean> {
  // A route that ends its own credential checks by itself who calls.
  if (principal.kind === 'anonymous') return false;
  // Auto-login gets as far as this only with `AUTO_LOGIN_ROLE=admin`, and has no password to ask for.
  if (principal.kind === 'client' || principal.via === 'api-token' || principal.via === 'auto-login') return false;
  // No script of an upstream runs at ADMIN_URL: what sends the cookie there is a page of ours.
  if (principal.via === 'session' && source.admin) return false;
  return principal.via !== 'access-token' || !(await core.accessTokens.isFresh(principal));
}

const notFresh =
  'Send current_password, or sign in again: this sign-in is older than CONFIRM_WITHIN, or the token was minted.';

/** The value: whether a password was typed for this call. */
async function confirm(entry: CallContext, body: unknown): Promise<Result<boolean>> {
  if (!(await needsPassword(entry))) return ok(false);
  const password =
    typeof body === 'object' && body !== null && 'current_password' in body ? body.current_password : undefined;
  const confirmed = await entry.core.signIn.confirm(entry.actor, password);
  const canSignInAgain = entry.principal.via === 'access-token' && password === undefined;
  if (confirmed.ok) return ok(true);
  return canSignInAgain ? { ok: false, refusal: { ...confirmed.refusal, detail: notFresh } } : confirmed;
}
