import { deepEqual, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { configIn } from '../../gateway/config/index.ts';
import { SettingsError } from '../../lib/errors.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';

const resolved = loadSettings({ env: {}, applies: 'gateway' });

function problemsOf(text: string): readonly string[] {
  try {
    configIn(text, 'gatewarden.yaml', resolved);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

const route = 'routes:\n  - host: wiki.example.com\n    upstream: http://wiki:8080\n';

test('a route that would put a secret into requests, on a public path even, is refused', () => {
  const rules = '    rules: public * /**\n';
  const problems = problemsOf(`${route}${rules}    inject: { Authorization: "Basic \${secret:wiki}" }\n`);
  ok(problems.length > 0);
  match(problems.join('\n'), /^gatewarden\.yaml:5:5: .*inject/);
  deepEqual(problemsOf(route + rules), []);
});

const nesting = [': ', '? ', '- ', '{', '[', '{a: ', '- ? ', ': - ', '"a": ', '&a : ', '!a : ', '[{'];
const before = ['', 'a: b\na: b\n'];

test('a file that is nested more deeply than the stack is told so, whatever it is nested in', () => {
  for (const start of before) {
    for (const unit of nesting) {
      const problems = problemsOf(start + unit.repeat(20_000) + route);
      match(problems[0] ?? '', /^gatewarden\.yaml:\d+:\d+: /, JSON.stringify([start, unit]));
    }
  }
});

test('aliases that stand for one another over and over are not followed', () => {
  const levels = Array.from(
    { length: 30 },
    (_, at) =>
      `a${at}: &a${at} [${Array(10)
        .fill(at === 0 ? 'x' : `*a${at - 1}`)
        .join(', ')}]\n`,
  );
  match(problemsOf(levels.join('')).join('\n'), /aliases repeat more than/);
});
