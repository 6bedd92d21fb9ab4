import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { parseSync } from 'oxc-parser';
import { measure } from './functions.ts';
import { sources } from './tree.ts';

const mostLinesOfFile = 400;
const mostLinesOfFunction = 40;

const code = sources('lib', 'gateway', 'cli', 'tools', 'examples', 'bench');
const all = [...code, ...sources('test')];

test(`no file is over ${mostLinesOfFile} lines`, () => {
  const long = all
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > mostLinesOfFile);
  equal(long.map(({ path, lines }) => `${path}: ${lines}`).join('\n'), '');
});

test(`no function has over ${mostLinesOfFunction} lines of its own`, () => {
  const long = code.flatMap(({ path, text, program }) =>
    measure(text, program)
      .filter(({ own }) => own > mostLinesOfFunction)
      .map(({ line, own }) => `${path}:${line}: ${own}`),
  );
  equal(long.join('\n'), '');
});

const samples: [title: string, text: string, own: number[]][] = [
  ['a function on one line', 'const f = () => 1;', [1]],
  ['a method and a function', 'class A {\n  m() {\n    return 1;\n  }\n}\nfunction f() {\n}\n', [3, 2]],
  [
    'a factory: its closures count for themselves',
    'function f() {\n  const a = 1;\n  return () => {\n    a;\n  };\n}\n',
    [3, 3],
  ],
  ['a short callback: its line is the function’s own', 'function f() {\n  return [1].map((one) => one);\n}\n', [1, 3]],
  [
    'closures within closures',
    'const f = () => {\n  const g = () => {\n    const h = () => {\n    };\n  };\n};\n',
    [2, 2, 2],
  ],
];
for (const [title, text, own] of samples) {
  test(`lines are counted: ${title}`, () => {
    const { program } = parseSync('sample.ts', text);
    deepEqual(
      measure(text, program).map((one) => one.own),
      own,
    );
  });
}

test('no folder is a drawer', () => {
  const drawers = all.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path));
  equal(drawers.map((one) => one.path).join('\n'), '');
});

test('nothing is left open or silenced', () => {
  const marks =
    /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|biome-ignore|\b: any\b|\b(it|test|describe|suite)\.(skip|only|todo)\(/;
  const open = all
    .filter((source) => source.path !== 'test/structure/sizes.test.ts')
    .flatMap((source) =>
      source.text.split('\n').flatMap((line, at) => (marks.test(line) ? [`${source.path}:${at + 1}`] : [])),
    );
  equal(open.join('\n'), '');
});

test('no comment sends its reader to a document outside of the repository', () => {
  const outside = /\b(section \d+ of the contract|the contract, section|contract, section|issue #?\d+)\b/i;
  const found = all
    .filter(({ path }) => path !== 'test/structure/sizes.test.ts')
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (outside.test(line) ? [`${path}:${at + 1}`] : [])),
    );
  equal(found.join('\n'), '');
});
