// Users see `req.user` and `req.isAuthenticated` typed: the reference must stay in what is published.
/// <reference types="passport" preserve="true" />
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { type MaybePromise, settle } from './and-then.ts';
import { type Refusal, type Result, refused, StoreUnavailableError } from './errors.ts';
import { recogniseAs, type SignInByRequest } from './express/recognition.ts';
import type { Log } from './log.ts';
import { countOf } from './request/extract/raw-headers.ts';
import { respond } from './request/respond/index.ts';
import { writeAnswer } from './request/respond/write.ts';
import { ownLog } from './start/own-log.ts';
import { assertionVerifier } from './tokens/assertion-verifier.ts';
import { givenKeys, type KeySource, publishedKeys } from './tokens/key-set.ts';
import type { Principal } from './types.ts';

/** Options of `fromGateway()`. */
export type FromGatewayOptions = Readonly<{
  /** The gateway's `ISSUER`: by default its `PUBLIC_URL` and `PREFIX`, such as `https://app.example.com/_gatewarden`. */
  issuer: string;
  /** The name of the app's route at the gateway: `upstream` for `UPSTREAM`, else host and path of the route. */
  audience: string;
  /**
   * The gateway's public keys: the URL of its `jwks.json`, or the key set itself. The URL is read at the first request, when a
   * key is unknown and every 10 minutes. Default: `issuer` and `/jwks.json`.
   */
  jwks?: string | URL | Readonly<{ keys: readonly object[] }>;
  /**
   * `strict`: refuses assertions that are not bound to one request. One that is bound is checked in either mode, and accepted once
   * by this process. Default: `reused`.
   */
  assertion?: 'reused' | 'strict';
  /** Where it is logged that the keys cannot be read. Default: JSON lines on stderr. */
  log?: Log;
}>;

/** The parts of a request that are read. Express keeps the target as it was received in `originalUrl`. */
type AssertedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'> & { originalUrl?: string };

/** Express middleware that believes the gateway's signed assertion and nothing else. */
export interface FromGateway extends RequestHandler {
  /**
   * The principal of a request, for WebSocket upgrades and for servers without Express. A refusal for a missing, doubled or invalid
   * assertion. Rejects with `StoreUnavailableError` when the keys cannot be read.
   */
  principalOf(req: AssertedRequest): Promise<Result<Principal>>;
}

/**
 * Middleware for an app behind the gateway. It sets `req.auth`, `req.user` and `req.isAuthenticated()` from the signed assertion,
 * and reads no other header. A request without a valid assertion is answered with 401, and with 503 while the keys cannot be
 * read. A request by nobody, which a public rule let pass, has an assertion too: `req.auth.kind` is then `anonymous`. Opens no
 * store. Throws `TypeError` for options that cannot be used.
 */
export function fromGateway(options: FromGatewayOptions): FromGateway {
  const { issuer, audience, assertion: mode = 'reused', log = ownLog({ logLevel: 'info' }) } = options;
  if (issuer === '' || audience === '') throw new TypeError('issuer and audience must not be empty');
  const keys = keysFor(options, log);
  const verify = assertionVerifier({ keys, issuer, audience, mode });

  function principalOf(req: AssertedRequest): MaybePromise<Result<Principal>> {
    const token = req.headers[header];
    if (token === undefined) return missing;
    if (typeof token !== 'string' || countOf(req.rawHeaders, header) !== 1) return doubled;
    return verify(token, { method: req.method ?? '', target: req.originalUrl ?? req.url ?? '' });
  }

  const middleware: RequestHandler = (req, res, next) => {
    settle(
      principalOf(req),
      (found) => {
        if (!found.ok) return void refuse(req, res, found.refusal);
        recogniseAs(req, found.value, noSignIn);
        next();
      },
      (error) => {
        if (error instanceof StoreUnavailableError) refuse(req, res, outage);
        else next(error);
      },
    );
  };
  return Object.assign(middleware, { principalOf: async (req: AssertedRequest) => principalOf(req) });
}

const header = 'x-gatewarden-assertion';

const missing = refused('missing_credential', { detail: 'The request did not come through the gateway.' });
const doubled = refused('malformed_credential', { detail: 'There must be one X-Gatewarden-Assertion header.' });
const outage: Refusal = Object.freeze({ code: 'store_unavailable', retryAfter: 2 });

const ownHeaders = Object.freeze({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });

function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  writeAnswer(req, res, respond({ refusal, ownHeaders, navigation: false }));
}

const atTheGateway = async (): Promise<never> => {
  throw new TypeError('people sign in and out at the gateway: link to its pages');
};
const noSignIn: SignInByRequest = { signIn: atTheGateway, signOut: atTheGateway };

function keysFor({ jwks, issuer }: FromGatewayOptions, log: Log): KeySource {
  if (typeof jwks === 'object' && !(jwks instanceof URL)) return givenKeys(jwks);
  const url = URL.parse(String(jwks ?? `${issuer}/jwks.json`));
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new TypeError('jwks must be an http or https URL without credentials, or a key set');
  return publishedKeys(url, {
    onFailure: (error) => log.error({ err: error }, 'the keys of the gateway cannot be read'),
  });
}
