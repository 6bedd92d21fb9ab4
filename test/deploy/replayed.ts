import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AnswerToFront, Asker } from '../gateway/forward-auth.ts';

/** A header line; names are compared in lower case. */
export type Line = readonly [name: string, value: string];
export type Request = Readonly<{ method: string; target: string; host: string; lines: readonly Line[] }>;

/** What a front proxy makes of a request: its answer, or the headers that the service receives. */
export type Outcome = Readonly<{ status: number; answer?: AnswerToFront; forwarded?: readonly Line[] }>;

/** A front proxy that is not run: its documented steps, with the values of the shipped file. */
export type Replayed = (ask: Asker, request: Request) => Promise<Outcome>;

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'), { merge: true });
const without = (lines: readonly Line[], names: ReadonlySet<string>): readonly Line[] =>
  lines.filter(([name]) => !names.has(name.toLowerCase()));
const answered = ({ headers }: AnswerToFront): readonly Line[] =>
  Object.entries(headers).map(([name, value]): Line => [name, String(value)]);

const hopByHop = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host']);
/** By its entry point, and by the middleware that sets the secret. */
const removedByTraefik = new Set(
  ['for', 'host', 'port', 'proto', 'server', 'uri', 'method', 'prefix', 'tls-client-cert', 'tls-client-cert-info']
    .map((name) => `x-forwarded-${name}`)
    .concat('x-real-ip', 'x-gatewarden-proxy-secret'),
);

const traefikFile = z.object({
  http: z.object({
    middlewares: z.object({
      'gatewarden-secret': z.object({
        headers: z.object({ customRequestHeaders: z.object({ 'X-Gatewarden-Proxy-Secret': z.string() }) }),
      }),
      'gatewarden-ask': z.object({
        forwardAuth: z.object({
          address: z.string(),
          trustForwardHeader: z.literal(false),
          authResponseHeadersRegex: z.string().startsWith('(?i)'),
        }),
      }),
    }),
  }),
});

/** Traefik: the entry point removes forwarding headers, and the middleware asks with GET and replaces what its pattern names. */
export function traefik(secret: string): Replayed {
  const { middlewares } = traefikFile.parse(read('deploy/traefik/dynamic.yaml')).http;
  const { address, authResponseHeadersRegex } = middlewares['gatewarden-ask'].forwardAuth;
  const replaced = new RegExp(authResponseHeadersRegex.replace('(?i)', ''), 'i');
  const path = new URL(address).pathname;

  return async function replay(ask, { method, target, host, lines }) {
    const entered: readonly Line[] = [...without(lines, removedByTraefik), ['X-Gatewarden-Proxy-Secret', secret]];
    const forwardedFor: readonly Line[] = [
      ['X-Forwarded-For', '203.0.113.7'],
      ['X-Forwarded-Method', method],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', host],
      ['X-Forwarded-Uri', target],
    ];
    const answer = await ask.raw(path, [...without(entered, hopByHop), ...forwardedFor].flat());
    if (answer.status < 200 || answer.status >= 300) return { status: answer.status, answer };
    const kept = entered.filter(([name]) => !replaced.test(name));
    return { status: 200, answer, forwarded: [...kept, ...answered(answer).filter(([name]) => replaced.test(name))] };
  };
}

const header = z.object({ key: z.string(), value: z.string() });
const patterns = z.object({
  patterns: z.array(
    z.union([
      z.object({ exact: z.string() }),
      z.object({ prefix: z.string() }),
      z.object({ safe_regex: z.object({ regex: z.string() }) }),
    ]),
  ),
});
type Patterns = z.output<typeof patterns>;

const extAuthz = z.object({
  failure_mode_allow: z.literal(false),
  allowed_headers: patterns,
  http_service: z.object({
    path_prefix: z.string(),
    authorization_request: z.object({ headers_to_add: z.array(header) }),
    authorization_response: z.object({ allowed_upstream_headers: patterns }),
  }),
});

/** The configuration of a filter of the connection manager, which Envoy's file has deep inside. */
function filterOf(name: string): unknown {
  const found: unknown[] = [];
  JSON.stringify(read('deploy/envoy/envoy.yaml'), (_, value) => {
    if (value?.name === name && value.typed_config !== undefined) found.push(value.typed_config);
    return value;
  });
  return found[0];
}

const matches = (name: string, { patterns: each }: Patterns): boolean =>
  each.some((one) => {
    if ('exact' in one) return name === one.exact;
    return 'prefix' in one ? name.startsWith(one.prefix) : new RegExp(`^(?:${one.safe_regex.regex})$`).test(name);
  });

/** Envoy: names are in lower case, `_` is refused; the filter asks with the method and the path below its prefix. */
export function envoy(secret: string): Replayed {
  const { allowed_headers: allowed, http_service: service } = extAuthz.parse(filterOf('envoy.filters.http.ext_authz'));
  const { path_prefix: prefix, authorization_request: sent, authorization_response: taken } = service;
  const added = sent.headers_to_add.map(({ key }): Line => [key, secret]);
  const setByEnvoy: readonly Line[] = [
    ['x-forwarded-for', '203.0.113.7'],
    ['x-forwarded-proto', 'https'],
  ];

  return async function replay(ask, { method, target, host, lines }) {
    if (lines.some(([name]) => name.includes('_'))) return { status: 400 };
    const lower = lines.map(([name, value]): Line => [name.toLowerCase(), value]);
    const own = new Set([...hopByHop, ...setByEnvoy.map(([name]) => name)]);
    const entered: readonly Line[] = [...without(lower, own), ...setByEnvoy];
    const asked = entered.filter(([name]) => matches(name, allowed) && name !== 'x-gatewarden-proxy-secret');
    const answer = await ask.raw(prefix + target, [...asked, ...added, ['content-length', '0']].flat(), method, host);
    if (answer.status !== 200) return { status: answer.status, answer };
    const set = answered(answer).filter(([name]) => matches(name, taken.allowed_upstream_headers));
    const removed = new Set(String(answer.headers['x-envoy-auth-headers-to-remove'] ?? '').split(','));
    const replaced = without(entered, new Set(set.map(([name]) => name)));
    return { status: 200, answer, forwarded: without([...replaced, ...set], removed) };
  };
}
