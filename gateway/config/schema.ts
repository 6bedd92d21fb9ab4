import { z } from 'zod';
import { duration, durationOrNone, identityHeader, listOrNone, origin } from '#settings';
import {
  headerName,
  headerValue,
  healthPath,
  host,
  oneOrMany,
  pemFile,
  plainPath,
  serverName,
  size,
  target,
  through,
  written,
} from './values.ts';

const aDuration = (description: string, ...examples: readonly string[]) => written(duration, description, ...examples);
const aFile = (description: string) => written(pemFile, description, 'certificates/ca.pem');
const nameOfHeader = written(headerName, 'The name of a header.', 'X-Tenant');

const namesOfHeaders = (description: string) => z.array(nameOfHeader).meta({ description });

const headersToSet = (description: string) =>
  z.record(nameOfHeader, written(headerValue, 'The value of the header.', 'main')).meta({ description });

const atLeastOne = (description: string) =>
  z.int({ error: wholeNumber }).min(1, { error: wholeNumber }).max(100, { error: wholeNumber }).meta({ description });

const noDuration = 'must be a duration such as 90s or 15m, or 0 for none';
const wholeNumber = 'must be a whole number from 1 to 100';
const requestsProblem = 'must be a whole number from 1 to 100000';

const health = z.strictObject({
  path: written(healthPath, 'The path, below the URL of the target. An answer below 400 is healthy.', '/ping'),
  interval: aDuration('The time between two checks. Default: 5s.', '10s').optional(),
  timeout: aDuration('How long a target may take to answer. Default: 2s.', '1s').optional(),
  healthy_after: atLeastOne('Good answers in a row after which a target is healthy again. Default: 1.').optional(),
  unhealthy_after: atLeastOne('Failures in a row after which a target gets no more requests. Default: 2.').optional(),
});

type HealthInput = z.output<typeof health>;

const tls = z
  .strictObject({
    ca: aFile(
      'Certificate authorities to trust besides those of the system. Default: GATEWARDEN_UPSTREAM_CA.',
    ).optional(),
    cert: aFile('The certificate that Gatewarden shows to the upstream.').optional(),
    key: aFile('The private key of `cert`.').optional(),
    server_name: written(
      serverName,
      'The name that the certificate of the upstream must have. Default: the host of its URL.',
      'wiki.internal',
    ).optional(),
    verify: z
      .boolean({ error: 'must be true or false' })
      .meta({ description: '`false`: the certificates of the targets are not checked. Default: true.' })
      .optional(),
  })
  .meta({ description: 'TLS to the upstream. Paths are relative to the folder of this file.' });

const prefix = z
  .strictObject({
    strip: written(plainPath, 'Removed from the beginning of the path.', '/docs').optional(),
    add: written(plainPath, 'Put in front of the path, after `strip`.', '/base').optional(),
  })
  .meta({ description: 'Changes the path on its way to the upstream, and back in redirects and cookies.' });

const answer = z
  .strictObject({
    set: headersToSet('Headers that the client receives, in place of those of the upstream.').optional(),
    remove: namesOfHeaders('Headers of the upstream that the client does not receive.').optional(),
  })
  .meta({ description: 'Changes of the answer.' });

const headers = z
  .strictObject({
    set: headersToSet('Headers that the upstream receives, in place of those of the client.').optional(),
    remove: namesOfHeaders('Headers of the client that the upstream does not receive.').optional(),
    answer: answer.optional(),
  })
  .meta({ description: 'Headers to set and to remove.' });

/** What the server itself allows. */
const mostHeaders = 32 * 1024;

const limits = z
  .strictObject({
    body: written(size, 'The longest body of a request; more is answered 413. Default: no limit.', '10mb').optional(),
    headers: written(
      size,
      'The largest request line and headers together; more is answered 431. Default, and the most: 32kb.',
      '16kb',
    )
      .refine((bytes) => bytes <= mostHeaders, { error: 'is at most 32kb' })
      .optional(),
    requests: z
      .int({ error: requestsProblem })
      .min(1, { error: requestsProblem })
      .max(100_000, { error: requestsProblem })
      .meta({ description: 'Simultaneous requests to each target. Default: 512.' })
      .optional(),
  })
  .meta({ description: 'Limits of the requests of this route.' });

const text = (description: string) => z.string({ error: 'must be text' }).meta({ description });

const choice = <const T extends string>(words: readonly T[], description: string) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` }).meta({ description });

/** One route, as the file has it. */
export const routeSchema = z.strictObject({
  host: oneOrMany(
    written(host, 'A host name, or `*.example.com` for every name below it.', 'wiki.example.com'),
    'The host, or a list of hosts, that the route serves.',
  ),
  path: written(
    plainPath,
    'The path that the route serves, with everything below it. Default: the whole host.',
    '/docs',
  ).optional(),
  upstream: oneOrMany(
    written(target, 'The URL of a target: http, https, h2 or h2s (HTTP/2 without and with TLS).', 'http://wiki:8080'),
    'The service behind the route; a list for load balancing.',
  ),
  sticky: choice(
    ['none', 'session'],
    '`session`: the requests of one session go to one target. Default: none.',
  ).optional(),
  health: z
    .union(
      [written(healthPath, 'The path of the check.', '/ping').transform((path): HealthInput => ({ path })), health],
      {
        error: 'must be a path such as /ping, or a map with path, interval, timeout, healthy_after, unhealthy_after',
      },
    )
    .meta({ description: 'Active health checks. Default: targets are judged by how requests to them end.' })
    .optional(),
  tls: tls.optional(),
  prefix: prefix.optional(),
  headers: headers.optional(),
  strip: namesOfHeaders(
    'Headers of the client that the upstream does not receive; the same as `headers.remove`.',
  ).optional(),
  keep: namesOfHeaders(
    'Headers that Gatewarden removes otherwise, passed on when a trusted proxy sends them.',
  ).optional(),
  timeout: z
    .union([written(durationOrNone, 'A duration, or `0`.', '30s'), z.literal(0, { error: noDuration })])
    .meta({
      description:
        'How long the upstream may take to answer, and be silent within the answer; `0`: no limit. Default: GATEWARDEN_UPSTREAM_TIMEOUT.',
    })
    .optional(),
  limits: limits.optional(),
  authorization: choice(
    ['upstream', 'gatewarden'],
    '`upstream`: an Authorization header without a Gatewarden token belongs to the upstream. Default: as GATEWARDEN_UPSTREAM_AUTHORIZATION says.',
  ).optional(),
  origins: z
    .array(
      written(origin('must be an origin such as https://app.example.com'), 'An origin.', 'https://app.example.com'),
    )
    .meta({ description: 'Other origins that may send requests that change something. Default: none.' })
    .optional(),
  assertion: choice(
    ['reused', 'strict'],
    '`strict`: each request carries an assertion of its own, with its method and a hash of its target. Default: reused.',
  ).optional(),
  case: choice(
    ['folded', 'sensitive'],
    '`sensitive`: the services behind tell /A from /a, so that paths are not read in lower case, too. Default: folded.',
  ).optional(),
  encoded_slashes: choice(
    ['judge', 'refuse'],
    'How %2f and %5c in a path are handled. Default: GATEWARDEN_ENCODED_SLASHES.',
  ).optional(),
  identity_headers: z
    .union([z.string(), z.array(z.string())], { error: 'must be text or a list, such as remote, X-User=user' })
    .transform(through(listOrNone(identityHeader)))
    .meta({
      description: 'The headers that carry the identity of the user. Default: GATEWARDEN_IDENTITY_HEADERS.',
      examples: ['remote,X-User=user', 'none'],
    })
    .optional(),
  service_workers: choice(
    ['refuse', 'allow'],
    'Whether the upstream may register a service worker that covers Gatewarden’s own pages. Default: GATEWARDEN_SERVICE_WORKERS.',
  ).optional(),
  cors: choice(
    ['none', 'public'],
    '`public`: scripts of every origin may read what public rules allow everybody. Default: none.',
  ).optional(),
  rules: text(
    'Who may do what: `role METHODS path [conditions]`, a rule a line. Default: GATEWARDEN_RULES.',
  ).optional(),
  tests: z
    .array(text('`METHOD /path as ROLE -> STATUS`, or `as ROLE NAME`; 200 stands for a request that passes.'))
    .meta({
      description: 'Tests of the rules. A file whose tests fail is not used.',
      examples: [['GET /static/a.css as anony -> 200', 'POST /page as user ada -> 403']],
    })
    .optional(),
});

/** The file, apart from its routes, which are checked one by one. */
export const fileSchema = z.strictObject({
  sign_in: choice(
    ['each-host', 'public-url'],
    'Where people sign in: on the host of each service, or at GATEWARDEN_PUBLIC_URL alone. Default: each-host.',
  ).optional(),
  routes: z
    .array(z.unknown(), { error: 'must be a list of routes' })
    .min(1, { error: 'must hold at least one route' })
    .meta({ description: 'The services behind the gateway.' }),
});

/** The whole file, for the JSON schema. */
export const documentSchema = fileSchema.extend({
  routes: z.array(routeSchema).min(1).meta({ description: 'The services behind the gateway.' }),
});

const maps = { health, tls, prefix, answer, headers, limits };

/** The keys of a map in the file: `name` is the key that holds it, `routes` for a route, undefined for the whole file. */
export function keysOf(name: string | undefined): readonly string[] {
  if (name === undefined) return Object.keys(fileSchema.shape);
  const map = Object.entries(maps).find(([key]) => key === name)?.[1];
  return Object.keys(map === undefined ? routeSchema.shape : map.shape);
}

/** One route of the file, read. */
export type RouteInput = z.output<typeof routeSchema>;
