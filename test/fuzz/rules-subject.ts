import { deepEqual, equal, ok } from 'node:assert/strict';
import { ruleTable } from '../../lib/request/authorize/match.ts';
import { parseRules } from '../../lib/request/authorize/rules.ts';
import { roles, scopes } from '../request/authorize/known.ts';
import type { Subject } from './subject.ts';

const declared = { ladder: roles, scopes };

/** Rules are read, and mean the same when they are read again as they are shown; or every problem has its line. */
function checkRules(text: string): void {
  const read = parseRules(text, declared);
  if (!read.ok) {
    ok(read.problems.length > 0);
    for (const problem of read.problems) ok(/^line [1-9]\d*: ./.test(problem), problem);
    return;
  }
  const lines = text.split(/\r\n|\n|\r/).length;
  for (const rule of read.rules) {
    ok(rule.line >= 1 && rule.line <= lines);
    const again = parseRules(rule.text, declared);
    ok(again.ok, again.ok ? '' : again.problems.join());
    const [same] = again.rules;
    deepEqual(shown(same), shown(rule));
  }
  equal(ruleTable(read.rules).select('GET', '/a/b').kind, 'selected');
}

function shown(rule: { networks?: { cidrs: readonly string[] } | undefined } | undefined) {
  if (rule === undefined) return undefined;
  return { ...rule, line: 0, networks: rule.networks?.cidrs };
}

const words = [
  'public',
  'viewer',
  'user',
  'operator',
  'admin',
  'anony',
  'nobody',
  'read',
  'write',
  '*',
  'GET',
  'GET,POST',
  'get',
  'PROPFIND',
];
const paths = [
  '/',
  '/**',
  '/a',
  '/a/**',
  '/a/*/b',
  '/home/:self/**',
  '/:self/:self',
  '/../',
  '/%61',
  '/*a',
  '//',
  '/a/',
  '**',
];
const conditions = [
  'network=10.0.0.0/8',
  'network=',
  'network=::1/128,x',
  'scope=deploy:write',
  'scope=x',
  'approve=operator',
  'approve=',
  'x=y',
  '=',
];
const marks = [' ', ' ', ' ', '\n', ';', '; ', '#', ' #', ' # a', '\r\n', '\t', '\u2028', '\u00a0'];

/** Words are held apart more often than not: else hardly any rule is one. */
export const rulesSubject: Subject = {
  name: 'rules',
  pieces: [
    ...[
      'public read /assets/**\n',
      'user * /home/:self/**; ',
      'viewer GET,POST /a network=10.0.0.0/8 ',
      'operator write /x scope=deploy:write\n',
    ],
    ...[...words, ...paths, ...conditions].flatMap((one) => [`${one} `, ` ${one}`]),
    ...marks,
  ],
  run: (text) => parseRules(text, declared),
  check: checkRules,
};
