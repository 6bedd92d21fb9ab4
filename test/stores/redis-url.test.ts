import { deepEqual, doesNotMatch, equal, throws } from 'node:assert/strict';
import test from 'node:test';
import { endpointsShown, parseRedisUrl, type Target } from '../../lib/stores/redis/url.ts';

const usual: Target = {
  kind: 'single',
  endpoints: [{ host: 'r', port: 6379 }],
  tls: false,
  credentials: {},
  sentinelCredentials: { username: undefined, password: undefined },
  master: '',
  database: 0,
};
const two = {
  endpoints: [
    { host: 'a', port: 26379 },
    { host: 'b', port: 7 },
  ] as const,
  master: 'mymaster',
};

const good: [url: string, more: Partial<Target>][] = [
  ['redis://r', {}],
  ['redis://r/', {}],
  ['REDIS://r:7000/3', { endpoints: [{ host: 'r', port: 7000 }], database: 3 }],
  ['rediss://r', { tls: true }],
  ['redis://[::1]:7000', { endpoints: [{ host: '::1', port: 7000 }] }],
  ['redis://ada:s%40cret%2F@r', { credentials: { username: 'ada', password: 's@cret/' } }],
  ['redis://:a:b@c@r', { credentials: { username: undefined, password: 'a:b@c' } }],
  ['redis+sentinel://a,b:7/mymaster', { kind: 'sentinel', ...two }],
  [
    'rediss+sentinel://u:p@a,b:7/mymaster/2',
    { kind: 'sentinel', ...two, tls: true, database: 2, credentials: { username: 'u', password: 'p' } },
  ],
  [
    'redis+sentinel://a,b:7/mymaster?sentinel_password=x%26y',
    { kind: 'sentinel', ...two, sentinelCredentials: { username: undefined, password: 'x&y' } },
  ],
  [
    'redis+cluster://r:1,q',
    {
      kind: 'cluster',
      endpoints: [
        { host: 'r', port: 1 },
        { host: 'q', port: 6379 },
      ],
    },
  ],
];
for (const [url, more] of good) {
  test(`reads ${url}`, () => deepEqual(parseRedisUrl(url), { ...usual, ...more }));
}

const bad: [url: string, problem: RegExp][] = [
  ['', /must begin with/],
  ['http://sesame@r', /must begin with/],
  ['redis:r', /must begin with/],
  ['redis://:sesame/x@r', /should be a host/],
  ['redis://:sesame@', /should be a host/],
  ['redis://:sesame@r:0', /with a port from 1 to 65535/],
  ['redis://:sesame@r:65536', /with a port from 1 to 65535/],
  ['redis://:sesame@r,q', /several hosts need/],
  ['redis://:sesame@r/nine', /not the number of a database/],
  ['redis://:sesame%zz@r', /not percent-encoded/],
  ['redis://:sesame@r?db=1', /may hold nothing/],
  ['redis+sentinel://:sesame@a,b', /names the master/],
  ['redis+sentinel://:sesame@a/m?password=sesame', /sentinel_user and sentinel_password/],
  ['redis+cluster://:sesame@a/1', /no other database/],
];
for (const [url, problem] of bad) {
  test(`refuses ${url || 'an empty URL'}, without repeating its password`, () => {
    throws(
      () => parseRedisUrl(url),
      (error: Error) => {
        equal(error.name, 'TypeError');
        doesNotMatch(error.message, /sesame/);
        return problem.test(error.message);
      },
    );
  });
}

test('shows hosts and ports, and nothing else of a URL', () => {
  equal(endpointsShown(parseRedisUrl('redis+sentinel://u:p@a,[::1]:7/m')), 'sentinel a:26379, [::1]:7');
  equal(endpointsShown(parseRedisUrl('rediss://u:p@r/1')), 'r:6379');
});
