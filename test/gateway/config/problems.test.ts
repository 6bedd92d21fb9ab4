import { deepEqual, equal, match } from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { readGatewayConfig } from '../../../gateway/config/index.ts';
import { certificateIn } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { folder, problemsOf, routeWith, settingsOf } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

type Case = Readonly<{ about: string; text: string; problems: readonly string[]; env?: Record<string, string> }>;

const urlWanted =
  'must be the URL of a service such as http://wiki:8080, with http, https, h2 or h2s, without credentials, query and fragment';

const ofTheFile: readonly Case[] = [
  { about: 'an empty file', text: '', problems: ['1:1: the file has no routes'] },
  { about: 'a text', text: 'hello', problems: ['1:1: must be a map of keys and values'] },
  { about: 'a file without routes', text: 'sign_in: each-host', problems: ['1:1: "routes" is missing'] },
  { about: 'an empty list of routes', text: 'routes: []', problems: ['1:9: routes: must hold at least one route'] },
  {
    about: 'routes that are no list',
    text: 'routes: { host: a }',
    problems: ['1:9: routes: must be a list of routes'],
  },
  {
    about: 'a route that is no map',
    text: 'routes: [a]',
    problems: ['1:10: routes: must be a map of keys and values'],
  },
  {
    about: 'an unknown key, with the one that was meant',
    text: `sign-in: each-host\n${routeWith()}`,
    problems: ['1:1: there is no key "sign-in"; did you mean sign_in?'],
  },
  {
    about: 'a key that is given twice',
    text: routeWith('timeout: 30s', 'timeout: 40s'),
    problems: ['5:5: "timeout" is given twice'],
  },
  { about: 'a key that is no text', text: `1: a\n${routeWith()}`, problems: ['1:1: keys are text: quote this one'] },
  {
    about: 'a key named __proto__',
    text: `__proto__: a\n${routeWith()}`,
    problems: ['1:1: keys are text: quote this one'],
  },
  {
    about: 'an alias of nothing',
    text: routeWith('headers: *common'),
    problems: ['4:14: the alias *common stands for nothing above it'],
  },
  {
    about: 'an alias within what it stands for',
    text: 'routes: &all [*all]',
    problems: ['1:15: the alias *all stands for nothing above it'],
  },
  {
    about: 'a second document',
    text: `${routeWith()}\n---\na: b`,
    problems: ['4:1: a second document begins here; the file is one document'],
  },
  {
    about: 'sign-in at PUBLIC_URL without one',
    text: `sign_in: public-url\n${routeWith()}`,
    problems: ['1:10: sign_in: public-url needs GATEWARDEN_PUBLIC_URL'],
  },
  {
    about: 'two routes of one host and path',
    text: 'routes:\n- { host: a.b, path: /x, upstream: "http://a" }\n- { host: A.b., path: /x/, upstream: "http://b" }',
    problems: ['3:3: the route a.b/x is there twice: the first is in line 2'],
  },
  {
    about: 'one host twice in a list',
    text: 'routes: [{ host: [a.b, A.b], upstream: "http://a" }]',
    problems: ['1:10: the route a.b is there twice: the first is in line 1'],
  },
];

const ofRoutes: readonly Readonly<{
  about: string;
  lines: readonly string[];
  problems: readonly string[];
  env?: Record<string, string>;
}>[] = [
  {
    about: 'an unknown key',
    lines: ['tiemout: 3s'],
    problems: ['4:5: there is no key "tiemout"; did you mean timeout?'],
  },
  {
    about: 'an unknown key of a map',
    lines: ['limits: { bodi: 1mb }'],
    problems: ['4:15: there is no key "bodi"; did you mean body?'],
  },
  {
    about: 'inject',
    lines: ['inject: { Authorization: x }'],
    problems: ['4:5: "inject" needs the vault of a later version; headers.set sends a fixed value with every request'],
  },
  {
    about: 'a number for a duration',
    lines: ['timeout: 30'],
    problems: ['4:14: timeout: must be a duration such as 90s or 15m, or 0 for none'],
  },
  {
    about: 'a duration that is none',
    lines: ['timeout: soon'],
    problems: ['4:14: timeout: must be a duration such as 90s or 15m, or 0 for none'],
  },
  { about: 'a word of no choice', lines: ['cors: all'], problems: ['4:11: cors: must be one of none, public'] },
  {
    about: 'limits out of bounds',
    lines: ['limits: { body: ten, headers: 1mb, requests: 0 }'],
    problems: [
      '4:21: body: must be a size such as 10mb or 16kb',
      '4:35: headers: is at most 32kb',
      '4:50: requests: must be a whole number from 1 to 100000',
    ],
  },
  {
    about: 'a path that services read differently',
    lines: ['path: /a//b'],
    problems: ['4:11: path: must be a path such as /docs: letters, digits and - . _ ~ between single slashes'],
  },
  {
    about: 'a path of our own',
    lines: ['path: /_Gatewarden/x'],
    problems: [
      '4:11: path: /_Gatewarden/x is at or below GATEWARDEN_PREFIX, /_gatewarden, where Gatewarden’s own pages are',
    ],
  },
  {
    about: 'a prefix that is not of the path',
    lines: ['path: /docs', 'prefix: { strip: /doc }'],
    problems: ['5:22: strip: /doc is not the beginning of the path of the route, /docs'],
  },
  {
    about: 'a health check with a number and an unknown key',
    lines: ['health: { path: ping, intervall: 3s }'],
    problems: ['4:21: path: must be a path such as /ping', '4:27: there is no key "intervall"; did you mean interval?'],
  },
  {
    about: 'a health check that is a list',
    lines: ['health: [a]'],
    problems: [
      '4:13: health: must be a path such as /ping, or a map with path, interval, timeout, healthy_after, unhealthy_after',
    ],
  },
  {
    about: 'names and values of headers that are none',
    lines: ['headers: { set: { "a b": e, X-B: "a\\nb" } }'],
    problems: [
      '4:23: a b must be the name of a header such as X-Tenant',
      '4:38: X-B: must be up to 4,096 visible ASCII characters and spaces',
    ],
  },
  {
    about: 'headers that frame, carry the identity, or are given twice',
    lines: ['headers: { set: { Host: a, x-forwarded_user: b, X-A: c, x_a: d }, answer: { set: { Connection: a } } }'],
    problems: [
      '4:29: Host: frames the message or is of one connection, and cannot be set',
      '4:50: x-forwarded_user: is set by Gatewarden itself',
      '4:66: x_a: is given twice, in another spelling',
      '4:100: Connection: frames the message or is of one connection, and cannot be set',
    ],
  },
  {
    about: 'headers that cannot be removed or kept',
    lines: [
      'strip: [Content-Length]',
      'headers: { remove: [X-Original-URI] }',
      'keep: [X-Foo, X-Gatewarden-Assertion, X-Forwarded-User, X-Original-URI]',
    ],
    problems: [
      '4:13: Content-Length: frames the message or is of one connection, and cannot be removed',
      '6:12: X-Foo: is passed on anyway',
      '6:19: X-Gatewarden-Assertion: is set by Gatewarden itself, and cannot be kept',
      '6:43: X-Forwarded-User: is set by Gatewarden itself, and cannot be kept',
      '6:61: X-Original-URI: is removed by strip or headers.remove, and cannot be kept',
    ],
  },
  {
    about: 'origins and identity headers that are none',
    lines: ['origins: [app.example.com]', 'identity_headers: [remote, X-User]'],
    problems: [
      '4:15: origins: must be an origin such as https://app.example.com; did you mean http://app.example.com?',
      '5:32: identity_headers: must be one of x-forwarded, remote, x-auth-request, x-authentik, or Header=field with one of the fields user, name, email, role, groups, id',
    ],
  },
  {
    about: 'rules, each with its line',
    lines: ['rules: |', '  boss read /**', '', '  viewer get /x; user * a'],
    problems: [
      '5:7: there is no role "boss"',
      '7:7: "get" is no method: write read, write, * or a list such as GET,POST',
      '7:7: the path "a" must begin with /',
    ],
  },
  {
    about: 'tests that cannot be read',
    lines: [
      'tests:',
      '  - GET /x',
      '  - GET x as viewer -> 200',
      '  - GET /x as boss -> 200',
      '  - GET /x as viewer -> fine',
      '  - GET /x as viewer from home -> 200',
      '  - GET /x as user ada lovelace -> 200',
    ],
    problems: [
      '5:9: the test "GET /x" is not "METHOD /path as ROLE -> STATUS"',
      '6:9: the test "GET x as viewer -> 200" has no path that begins with / and holds visible ASCII characters only',
      '7:9: the test "GET /x as boss -> 200" names a role that there is not: "boss"',
      '8:9: the test "GET /x as viewer -> fine" ends in no status such as 200, 401 or 403',
      '9:9: the test "GET /x as viewer from home -> 200" has no address after "from", such as 10.0.0.5',
      '10:9: the test "GET /x as user ada lovelace -> 200" is not "METHOD /path as ROLE -> STATUS"',
    ],
  },
];

const hostsAndTargets: readonly Case[] = [
  {
    about: 'a host with scheme and port',
    text: 'routes: [{ host: "https://a.b:80/x", upstream: "http://a" }]',
    problems: [
      '1:18: host: must be a host name such as wiki.example.com or *.example.com, without scheme, port and path; did you mean a.b?',
    ],
  },
  { about: 'a route without host', text: 'routes: [{ upstream: "http://a" }]', problems: ['1:10: "host" is missing'] },
  {
    about: 'a target without scheme, and one with credentials',
    text: 'routes: [{ host: a, upstream: [wiki:8080, "http://a:b@c"] }]',
    problems: [`1:32: upstream: ${urlWanted}; did you mean http://wiki:8080?`, `1:43: upstream: ${urlWanted}`],
  },
  {
    about: 'no target',
    text: 'routes: [{ host: a, upstream: [] }]',
    problems: ['1:31: upstream: must hold at least one'],
  },
  {
    about: 'targets that cannot stand in for each other',
    text: 'routes: [{ host: a, upstream: ["http://a/x", "h2://b/y", "http://a/x"] }]',
    problems: [
      '1:31: upstream: http://a/x is given twice',
      '1:31: upstream: the targets of a route all have HTTP/2 (h2, h2s), or none has',
      '1:31: upstream: the URLs of the targets have different paths',
    ],
  },
  {
    about: 'a target that is the gateway itself',
    text: 'routes: [{ host: a, upstream: "h2://localhost:8080" }]',
    problems: ['1:31: upstream: h2://localhost:8080 is the address that the gateway listens on'],
  },
  {
    about: 'a host that ALLOWED_HOSTS does not allow',
    text: 'routes: [{ host: ["*.example.com", a.example.org], upstream: "http://a" }]',
    env: { ALLOWED_HOSTS: 'a.example.com,*.example.org' },
    problems: ['1:18: host: GATEWARDEN_ALLOWED_HOSTS does not allow *.example.com'],
  },
  {
    about: 'the host of ADMIN_URL',
    text: 'routes: [{ host: admin.example.com, upstream: "http://a" }]',
    env: { PUBLIC_URL: 'https://example.com', ADMIN_URL: 'https://admin.example.com' },
    problems: [
      '1:18: host: admin.example.com is the host of GATEWARDEN_ADMIN_URL, where only Gatewarden’s own pages are served',
    ],
  },
  {
    about: 'TLS options without TLS, and half a pair',
    text: 'routes: [{ host: a, upstream: "http://a", tls: { cert: a.pem } }]',
    problems: [
      '1:48: tls: has no effect, since no target is https or h2s',
      '1:56: cert: needs its private key in key',
      '1:56: cert: a.pem cannot be read (ENOENT)',
    ],
  },
];

for (const { about, text, problems, env } of [...ofTheFile, ...hostsAndTargets])
  test(`${about} is a problem with line and column`, () => deepEqual(problemsOf(text, env), problems));

for (const { about, lines, problems, env } of ofRoutes)
  test(`of a route: ${about}`, () => deepEqual(problemsOf(routeWith(...lines), env), problems));

test('a file that is not YAML is a problem with line and column', () => {
  for (const [text, place] of [
    ['routes: [', '1:10'],
    ['routes:\n  - host: a: b', '2:11'],
    ['routes:\n\t- host: a', '2:1'],
    ['a: !!js/function x', '1:4'],
  ] as const)
    match(problemsOf(text).join('\n'), new RegExp(`^${place}: is not valid YAML: `));
});

test('all problems are there at once, also in a route with others, in the order of the file', () => {
  const text = `sign_in: here\n${routeWith('timeout: 3', 'rules: boss * /**')}\n  - host: a.b:1\n    upstream: http://b`;
  deepEqual(
    problemsOf(text).map((problem) => problem.split(': ')[0]),
    ['1:10', '5:14', '6:12', '7:11'],
  );
});

test('of very many problems the first 50 are named', () => {
  const problems = problemsOf(`routes:\n${'  - x\n'.repeat(20_000)}`);
  equal(problems.length, 51);
  match(problems.at(-1) ?? '', /and \d+ more$/);
});

test('a file that cannot be read, is too large or no text says so', () => {
  const wide = problemsOf(Buffer.from([0x72, 0xff, 0xfe]));
  match(wide.join('\n'), /^GATEWARDEN_CONFIG: ".*" is no UTF-8 text$/);
  match(problemsOf('#'.repeat(1024 * 1024 + 1)).join('\n'), /is larger than 1 MiB$/);
  let absent = '';
  try {
    readGatewayConfig(join(folder, 'absent.yaml'), settingsOf());
  } catch (error) {
    absent = String(error);
  }
  match(absent, /GATEWARDEN_CONFIG: ".*absent\.yaml" cannot be read \(ENOENT\)/);
});

test('a certificate that does not fit its key is a problem, and so are files that hold none', async () => {
  await using one = await temporaryFolder();
  await using other = await temporaryFolder();
  const [first, second] = [await certificateIn(one.path), await certificateIn(other.path)];
  writeFileSync(join(folder, 'nothing.pem'), 'nothing');
  const file = (options: string) => `routes: [{ host: a, upstream: "https://a", tls: { ${options} } }]`;
  deepEqual(problemsOf(file(`ca: ${first.authority}, cert: ${first.cert}, key: ${first.key}`)), []);
  match(
    problemsOf(file(`cert: ${first.cert}, key: ${second.key}`)).join('\n'),
    /^1:\d+: key: .* is not the private key of the certificate in /,
  );
  match(
    problemsOf(file('ca: nothing.pem, cert: nothing.pem, key: nothing.pem')).join('\n'),
    /ca: nothing\.pem holds no certificate in PEM\n.*cert: nothing\.pem holds no cert.*\n.*key: nothing\.pem holds no private key in PEM/,
  );
});
