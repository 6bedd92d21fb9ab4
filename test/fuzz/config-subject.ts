import { ok } from 'node:assert/strict';
import { configIn } from '../../gateway/config/index.ts';
import { SettingsError } from '../../lib/errors.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import type { Subject } from './subject.ts';

const resolved = loadSettings({ env: { GATEWARDEN_PUBLIC_URL: 'https://auth.example.com' }, applies: 'gateway' });
const file = 'gatewarden.yaml';

/** A file is read, or every problem is told in one line with its place. */
function check(text: string): void {
  try {
    const { routes } = configIn(text, file, resolved);
    for (const { host, path, name } of routes) {
      ok(
        host === host.toLowerCase() && (path === '' || path.startsWith('/')) && name.startsWith(host),
        `${host}${path}`,
      );
    }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    ok(error.problems.length > 0);
    for (const problem of error.problems) ok(told.test(problem), JSON.stringify(problem));
  }
}

const told = /^gatewarden\.yaml:([1-9]\d*:[1-9]\d*: [^\n\r]+| and \d+ more)$/;

const route = '  - host: wiki.example.com\n    upstream: http://wiki:8080\n';
const lines = [
  ...[
    'sign_in: each-host\n',
    'sign_in: [x]\n',
    'routes: []\n',
    'routes:\n',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '# a\n',
    '\t\n',
    '\n',
  ],
  ...[
    route,
    route,
    route,
    '  - host: "*.example.com"\n    upstream: [http://a:1, http://b:1]\n',
    '  - {}\n',
    '  -\n',
    '  - a: b\n',
  ],
  ...[
    '    path: /docs\n',
    '    path: /a/../b\n',
    '    timeout: 30s\n',
    '    timeout: -1\n',
    '    limits: { body: 10mb, headers: 16kb }\n',
  ],
  ...[
    '    health: /ping\n',
    '    prefix: { strip: /docs, add: /base }\n',
    '    headers: { set: {X-A: b}, remove: [X-B] }\n',
  ],
  ...['    rules: |\n      viewer read /**\n', '    rules: |\n      nobody * /\n', '    rules: viewer * /**\n'],
  ...[
    '    tests: [GET /a as viewer -> 200]\n',
    '    tests: ["GET /a → 403"]\n',
    '    tests: x\n',
    '    inject: {A: b}\n',
    '    unknown: 1\n',
  ],
  ...[
    '    case: sensitive\n',
    '    sticky: session\n',
    '    origins: [https://app.example.com]\n',
    '    tls: { verify: false }\n',
  ],
];
const marks = [
  ...[
    '&a ',
    '*a',
    '<<: *a\n',
    '!!binary x',
    '!!js/function x',
    '? ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '|\n',
    '>\n',
    '"',
    "'",
    '#',
    ': ',
    '\n',
    '  ',
  ],
  ...[
    'null',
    '~',
    'true',
    '1e999',
    '0x1',
    '__proto__: 1\n',
    'constructor: 1\n',
    '.inf',
    '2001-01-01',
    '\ufeff',
    '\u2028',
    '\u0085',
  ],
];

/** The configuration file. Most texts begin as one does. */
export const configSubject: Subject = {
  name: 'the configuration file',
  pieces: [`routes:\n${route}`, `routes:\n${route}`, `routes:\n${route}`, ...lines, ...lines, ...marks],
  slow: true,
  run: check,
  check,
};
