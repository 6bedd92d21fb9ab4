import { equal } from 'node:assert/strict';
import test from 'node:test';
import { sources } from './tree.ts';

const shipped = () => sources('lib', 'gateway', 'cli');

test('no file is over 400 lines', () => {
  const long = [...shipped(), ...sources('test', 'examples', 'bench')]
    .map((source) => ({ path: source.path, lines: source.text.split('\n').length }))
    .filter((one) => one.lines > 400);
  equal(long.map((one) => `${one.path}: ${one.lines}`).join('\n'), '');
});

test('no folder is a drawer', () => {
  const drawers = shipped().filter((source) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(source.path));
  equal(drawers.map((one) => one.path).join('\n'), '');
});

test('nothing is left open or silenced', () => {
  const marks =
    /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|biome-ignore|\b: any\b|\b(it|test|describe|suite)\.(skip|only|todo)\(/;
  const open = [...shipped(), ...sources('test', 'examples', 'bench')]
    .filter((source) => source.path !== 'test/structure/sizes.test.ts')
    .flatMap((source) =>
      source.text.split('\n').flatMap((line, at) => (marks.test(line) ? [`${source.path}:${at + 1}`] : [])),
    );
  equal(open.join('\n'), '');
});
