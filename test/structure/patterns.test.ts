import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { type Program, Visitor } from 'oxc-parser';
import { sources } from './tree.ts';

/** Patterns that `mayBeQuadratic` finds and that may stay, each with the reason. */
const allowed: Readonly<Record<string, string>> = {
  'cli/commands/check.ts: /\\s*\\n\\s*/g': 'reads the rules, which are the operator’s',
  'cli/output.ts: / +$/gm': 'reads a table of ours, whose values are short',
  'gateway/proxy/headers-out.ts: /[^\\s,="]+(?:\\s*=\\s*(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s,]*))?/g':
    'what follows the run may be absent, so it matches at the first place; measured in test/attacks',
  'lib/request/authorize/rules.ts: /(^|[\\s;])#.*$/s':
    'the first place that matches takes all that follows; measured in test/attacks',
  'lib/request/extract/source.ts: /:\\d+$/': 'digits hold no colon: each run of them is begun once',
  'lib/routes/openapi.ts: /[^A-Za-z0-9]+(\\w?)/g': 'reads the paths of our own routes',
  'lib/settings/addresses.ts: /(^|\\.)(\\d+|0x[0-9a-f]*)$/i': 'reads a setting, and digits hold no dot',
  'lib/settings/warnings.ts: /:\\d+$/': 'reads a setting, and digits hold no colon',
  'lib/session/signed-cookie.ts: /=+$/': 'reads base64 that was just made, with one of them at the end',
};

const repeated = String.raw`(?:\[(?:\\.|[^\]])*\]|\\?[^\\()[\]|^$])[+*]\??`;
const toTheEnd = new RegExp(String.raw`${repeated}\)*\$$`);
const fromAnywhere = new RegExp(`^${repeated}.+$`);
const withReference = /\\[1-9]/;

/** The alternatives of a pattern, groups left whole. */
function alternativesOf(pattern: string): string[] {
  const alternatives = [''];
  let depth = 0;
  for (const [part] of pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|[^\\[]/g)) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (part === '|' && depth === 0) alternatives.push('');
    else alternatives.push(alternatives.pop() + part);
  }
  return alternatives;
}

/**
 * Whether a pattern may begin anywhere in a text and then run on through what repeats: to the end of the text (`[. ]+$`), to
 * what must follow (`\s*\n`), or again and again (`(.+)\1`). On many of the same character that is quadratic.
 */
const mayBeQuadratic = (pattern: string): boolean =>
  withReference.test(pattern) ||
  alternativesOf(pattern).some((one) => !one.startsWith('^') && (toTheEnd.test(one) || fromAnywhere.test(one)));

/** `/pattern/flags` of each literal, and the text of each that is put together. */
function patternsOf(program: Program): [pattern: string, shown: string][] {
  const found: [string, string][] = [];
  new Visitor({
    Literal: (node) => {
      if (!('regex' in node) || node.regex === null) return;
      found.push([node.regex.pattern, `/${node.regex.pattern}/${node.regex.flags}`]);
    },
  }).visit(program);
  return found;
}

test('no pattern is tried from every place of a text and runs on from each', () => {
  const risky = sources('lib', 'gateway', 'cli').flatMap(({ path, program }) =>
    patternsOf(program)
      .filter(([pattern]) => mayBeQuadratic(pattern))
      .map(([, shown]) => `${path}: ${shown}`),
  );
  deepEqual([...new Set(risky)].sort(), Object.keys(allowed).sort());
});

for (const [pattern, expected] of [
  ['[. ]+$', true],
  ['^[^a-z]+|[^a-z]+$', true],
  ['\\s*\\n\\s*x', true],
  ['\\/+$', true],
  ['^(.+?)\\1+$', true],
  ['[ \\t]*;', true],
  ['^[. ]+$', false],
  ['^a+|b$', false],
  ['\\s+', false],
  [':\\d{1,5}$', false],
  ['\\r?\\n$', false],
  ['a[+*]$', false],
] as const) {
  test(`/${pattern}/ ${expected ? 'may be quadratic' : 'is linear'}`, () => equal(mayBeQuadratic(pattern), expected));
}
