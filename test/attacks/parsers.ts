import { printable } from '../../cli/printable.ts';
import { headWriter } from '../../gateway/proxy/headers-in.ts';
import { answerHeadWriter } from '../../gateway/proxy/headers-out.ts';
import { linksOf } from '../../gateway/proxy/links.ts';
import { readableLine } from '../../gateway/readable-line.ts';
import { pathChange } from '../../gateway/routes/path-change.ts';
import { below } from '../../gateway/upstreams/address.ts';
import { isCommonPassword } from '../../lib/accounts/common-passwords.ts';
import { isDeviceCode } from '../../lib/accounts/devices/begin.ts';
import { readUserCode } from '../../lib/accounts/devices/user-codes.ts';
import { namePolicy, problemOfDisplayName, problemOfEmail, typedKey } from '../../lib/accounts/names.ts';
import { passwordPolicy } from '../../lib/accounts/password-policy.ts';
import { plainText } from '../../lib/audit/text.ts';
import { passwordText } from '../../lib/crypto/password-text.ts';
import { tokenIsWellFormed } from '../../lib/crypto/random.ts';
import { isLoopbackHost } from '../../lib/net/addresses.ts';
import { cleanUrl } from '../../lib/request/authorize/clean-url.ts';
import { readDestination } from '../../lib/request/authorize/destination.ts';
import { ruleTable } from '../../lib/request/authorize/match.ts';
import { pathOwner } from '../../lib/request/authorize/own-paths.ts';
import { pathPrefixes } from '../../lib/request/authorize/path-prefixes.ts';
import { parseRules } from '../../lib/request/authorize/rules.ts';
import { comesFromOurselves } from '../../lib/request/authorize/same-origin.ts';
import { extractor } from '../../lib/request/extract/index.ts';
import { isNavigation } from '../../lib/request/extract/navigation.ts';
import { isReservedHeader } from '../../lib/request/extract/reserved-headers.ts';
import { sourceReader } from '../../lib/request/extract/source.ts';
import { returnTo } from '../../lib/request/respond/return-to.ts';
import { scopesIn } from '../../lib/routes/oauth/parameters.ts';
import { presentedClient } from '../../lib/routes/oauth/presented-client.ts';
import { moment } from '../../lib/routes/schemas.ts';
import { clearedEverywhere, sessionCookie } from '../../lib/session/cookie.ts';
import { signedSessionId } from '../../lib/session/signed-cookie.ts';
import { readJws } from '../../lib/tokens/jws.ts';
import { roles, rulesOf, scopes } from '../request/authorize/known.ts';
import { incoming } from '../support/incoming.ts';

/** What reads a text that a stranger chooses, and what stands around the hostile part of it. */
export type Parser = Readonly<{
  name: string;
  run: (text: string) => unknown;
  around: readonly (readonly [before: string, behind: string])[];
}>;

const rules = rulesOf('public GET /public/**; user * /home/:self/**; operator * /a/*/c; viewer read /**');
const table = ruleTable(rules, { encodedSlashes: 'judge' });
const ownerOf = pathOwner(['/_gatewarden']);
const belowBase = below('/base');
const withoutPrefix = pathChange({ stripPrefix: '', addPrefix: '/base' });
const routeOf = pathPrefixes(['', '/a', '/a/b', '/A/c'].map((path) => ({ path, value: { path } })));
const inPath = [
  ['/', ''],
  ['/A', 'x'],
  ['/a;', '/x'],
  ['http://localhost/', 'x'],
] as const;

const paths: readonly Parser[] = [
  { name: 'the rules', run: (text) => table.select('GET', text), around: inPath },
  { name: 'whose path it is', run: ownerOf, around: inPath },
  { name: 'Express’s path', run: cleanUrl, around: inPath },
  { name: 'the target at the upstream', run: belowBase, around: [...inPath, ['', 'x']] },
  { name: 'next', run: returnTo, around: inPath },
  { name: 'the route of a path', run: routeOf, around: inPath },
  {
    name: 'a path without its prefix',
    run: (text) => [withoutPrefix.toUpstream(text), withoutPrefix.problem('GET', text, table)],
    around: inPath,
  },
];

const readSource = sourceReader({ trustedProxies: ['127.0.0.0/8'], publicUrl: 'https://app.example.com' });
const extract = extractor({ cookieName: 'gatewarden', issuer: 'https://app.example.com/_gatewarden' });
const writeHead = headWriter(['X-Forwarded-User']);
const source = {
  address: '127.0.0.1',
  peer: '127.0.0.1',
  trusted: true,
  forwarded: true,
  proto: 'http',
  host: 'localhost',
  hostname: 'localhost',
  admin: false,
} as const;
const telling = { source, identity: [], passAuthorization: true, cookieNames: ['gatewarden', '__Host-gatewarden'] };

/** All that reads the headers of a request before the upstream gets it. */
function readHeaders(name: string, value: string): void {
  const headers = [['Host', 'localhost'] as const, [name, value] as const];
  const req = incoming({ headers: name === 'Host' ? headers.slice(1) : headers });
  readSource(req);
  extract(req, false);
  extract(req, true);
  isNavigation(req);
  comesFromOurselves(req, source);
  readDestination(req);
  writeHead(req, telling);
}

const inHeader: Readonly<Record<string, Parser['around']>> = {
  Host: [['', 'x']],
  Cookie: [
    ['', 'x'],
    ['a=1;', '=gatewarden'],
    ['gatewarden=', 'x'],
    ['gatewarden=s%3A', '.x'],
  ],
  Authorization: [
    ['', 'x'],
    ['Bearer ', '!'],
    ['Bearer e30.', '.x'],
    ['Digest a', ', bearer'],
  ],
  'X-Gatewarden-Token': [['', '!']],
  'X-Forwarded-For': [
    ['', 'x'],
    ['x', ',127.0.0.1'],
    ['', '127.0.0.1'],
  ],
  'X-Forwarded-Proto': [['http', 'x']],
  'X-Forwarded-Host': [['a', '!']],
  'X-Forwarded-Port': [['', 'x']],
  'X-Forwarded-Prefix': [['/a', '!']],
  'X-Real-IP': [['', 'x']],
  Forwarded: [
    ['', 'x'],
    ['for=', '!'],
    ['for="', 'x'],
    ['for=a', ';x'],
  ],
  Origin: [['http://', ':80']],
  Accept: [
    ['', 'x'],
    ['text/html', 'x'],
    ['text/html;q=0.', 'x'],
    ['a,', 'text/html'],
  ],
  'User-Agent': [['', 'x']],
  Connection: [['', 'x']],
  'Content-Type': [['', 'x']],
  Destination: [
    ['/', 'x'],
    ['http://', '!'],
    ['http://localhost/', 'x'],
  ],
  traceparent: [['00-', 'x']],
  tracestate: [['', 'x']],
  'X-Request-Id': [['', '!']],
  'Sec-Fetch-Site': [['', 'x']],
};

const headers: readonly Parser[] = Object.entries(inHeader).map(([name, around]) => ({
  name: `the header ${name}`,
  run: (value) => readHeaders(name, value),
  around,
}));

const passing = {
  shared: false,
  cookieNames: new Set(['gatewarden']),
  setCookie: undefined,
  trailers: true,
  noLength: false,
  serviceWorkers: false,
  source,
};
const writeAnswerHead = answerHeadWriter();
const links = linksOf({ ...pathChange({ stripPrefix: '/docs', addPrefix: '' }), hosts: ['wiki:8080'] });

const inAnswer: Parser['around'] = [
  ['', 'x'],
  ['a="', 'x'],
  ['=', ';x'],
];

const answers: readonly Parser[] = [
  ...['cache-control', 'vary', 'connection', 'set-cookie', 'clear-site-data', 'trailer'].map((name) => ({
    name: `the upstream’s ${name}`,
    around: inAnswer,
    run: (value: string) =>
      writeAnswerHead({ [name]: name === 'set-cookie' ? [value] : value }, [Buffer.from(name)], passing),
  })),
  ...(['location', 'refresh', 'link', 'cookie'] as const).map((kind) => ({
    name: `the URLs in the upstream’s ${kind}`,
    around: [...inAnswer, ['http://wiki:8080', '!'], ['1; url=', '"'], ['<', '<'], ['a; Path=', '']] as const,
    run: (value: string) => links[kind](value, source),
  })),
  {
    name: 'the upstream’s names of headers',
    // An object has its indexes first and in order, so that none is where it was in the answer.
    run: (text) => writeAnswerHead(Object.fromEntries(numbered(text)), numbered(text).reverse().flat(), passing),
    around: [['', '']],
  },
];

/** A header of each four characters of a text. */
const numbered = (text: string): [name: string, value: string][] =>
  Array.from({ length: text.length / 4 }, (_, at) => [String(at + 1), 'v']);

const nameProblem = namePolicy([]);
const passwordProblem = passwordPolicy({ passwordMinLength: 8, brandName: 'Blue Heron' });
const owner = { username: 'ada', email: 'ada@example.com', displayName: 'Ada' };
const cookie = sessionCookie({
  publicUrl: undefined,
  cookieName: undefined,
  cookieDomain: undefined,
  cookieSamesite: 'lax',
});

/** The client of an OAuth request, in Basic and in the body. */
function readClient(text: string): void {
  const basic = `Basic ${Buffer.from(text).toString('base64')}`;
  presentedClient({ headers: { authorization: basic } }, {});
  presentedClient({ headers: { authorization: text } }, { client_id: text });
}

const texts: readonly Parser[] = [
  {
    name: 'rules as they are written',
    run: (text) => parseRules(text, { ladder: roles, scopes }),
    around: [
      ['', 'x'],
      // A line to JavaScript's regular expressions, and none to the rules.
      ['', '\u2028'],
      ['viewer read /', '/**'],
      ['viewer read /a network=', 'x'],
    ],
  },
  { name: 'the scope of a token', run: scopesIn, around: [['a ', '"']] },
  {
    name: 'the client of a token',
    run: readClient,
    around: [
      ['', ':x'],
      ['ci:', '%'],
      ['basic ', '!'],
    ],
  },
  { name: 'a user code', run: readUserCode, around: [['BCDF-', 'G']] },
  { name: 'a device code', run: isDeviceCode, around: [['a', '!']] },
  { name: 'a name that is typed', run: typedKey, around: [['a', 'x']] },
  { name: 'a new name', run: (text) => nameProblem(text, true), around: [['a', '!']] },
  { name: 'an e-mail address', run: problemOfEmail, around: [['a', '@x']] },
  { name: 'a display name', run: problemOfDisplayName, around: [['a', 'x']] },
  { name: 'a password', run: passwordText, around: [['a', 'x']] },
  { name: 'a new password', run: (text) => passwordProblem(text, owner), around: [['a', 'x']] },
  {
    name: 'a password among the common ones',
    run: isCommonPassword,
    around: [
      ['', 'x'],
      ['a', 'a'],
    ],
  },
  ...(['username', 'email', 'displayName'] as const).map((field) => ({
    name: `a new password beside a long ${field}`,
    around: [['a', 'x'] as const],
    run: (text: string) => passwordProblem('violet kettle 27 sails', { ...owner, [field]: text }),
  })),
  { name: 'a session cookie', run: (text) => signedSessionId(text, ['secret']), around: [['s:', '.x']] },
  { name: 'an API token', run: (text) => tokenIsWellFormed(text, 'gwt_'), around: [['gwt_', '!']] },
  { name: 'a JWT', run: readJws, around: [['e30.', '.x']] },
  { name: 'a moment', run: (text) => moment.safeParse(text), around: [['2026-01-01T00:00:00.', '!']] },
  { name: 'cookies to be cleared', run: (text) => clearedEverywhere(cookie, 'a.example', text), around: [['/', 'x']] },
  { name: 'a header’s name', run: isReservedHeader, around: [['x-forwarded-', '!']] },
  { name: 'a loopback host', run: isLoopbackHost, around: [['a', '.localhos']] },
  { name: 'what the audit log keeps', run: (text) => plainText(text, 256), around: [['', 'x']] },
  {
    name: 'a line of the log',
    run: (path) => readableLine(JSON.stringify({ level: 30, msg: 'request', path, user: path })),
    around: [['/', '\u0001']],
  },
  { name: 'what the command prints', run: printable, around: [['\u001b[', '\u0001']] },
];

/** Everything that reads what a stranger sends, and what an upstream answers. */
export const parsers: readonly Parser[] = [...paths, ...headers, ...answers, ...texts];
