import { equal } from 'node:assert/strict';
import test from 'node:test';
import { type Source, sources } from './tree.ts';

const services = ['lib/authenticate', 'lib/session', 'lib/accounts', 'lib/tokens', 'lib/audit'];

/** What each box may import at run time, besides itself and Node. Types flow freely downwards from `lib/types`. */
const may: Record<string, RegExp> = {
  'lib/types.ts': /^(?!)/,
  'lib/errors.ts': /^(?!)/,
  'lib/networks.ts': /^ipaddr\.js$/,
  'lib/settings': /^(lib\/(types|errors|networks)\.ts|zod|ipaddr\.js)$/,
  'lib/crypto': /^(lib\/(types|errors)\.ts|bcrypt|@node-rs\/argon2)$/,
  'lib/extract': /^lib\/(types|errors|networks)\.ts$/,
  'lib/authorize': /^lib\/(types|errors|networks)\.ts$/,
  'lib/respond': /^lib\/(types|errors)\.ts$/,
  'lib/invalidation': /^lib\/(types|errors)\.ts$/,
  'lib/audit':
    /^lib\/(types|errors|services)\.ts$|^lib\/(crypto|invalidation)\/|^lib\/stores\/(contracts|standing)\.ts$/,
  'lib/authenticate':
    /^lib\/(types|errors|networks|services)\.ts$|^lib\/(crypto|invalidation)\/|^lib\/stores\/(contracts|standing)\.ts$|^(lru-cache|ipaddr\.js|jose)$/,
  'lib/session':
    /^lib\/(types|errors|services)\.ts$|^lib\/(crypto|invalidation)\/|^lib\/stores\/(contracts|standing)\.ts$|^(express-session|lru-cache)$/,
  'lib/accounts':
    /^lib\/(types|errors|services)\.ts$|^lib\/(crypto|invalidation)\/|^lib\/stores\/(contracts|standing)\.ts$|^(zod|ipaddr\.js)$/,
  'lib/tokens':
    /^lib\/(types|errors|services)\.ts$|^lib\/(crypto|invalidation)\/|^lib\/stores\/(contracts|standing)\.ts$|^(zod|jose|lru-cache)$/,
  'lib/stores/sqlite':
    /^lib\/(types|errors)\.ts$|^lib\/stores\/(contracts|entries|standing)\.ts$|^rate-limiter-flexible$/,
  'lib/stores/mongo': /^lib\/(types|errors)\.ts$|^lib\/stores\/(contracts|entries|standing)\.ts$|^mongoose$/,
  'lib/stores/redis':
    /^lib\/(types|errors)\.ts$|^lib\/stores\/contracts\.ts$|^lib\/invalidation\/bus\.ts$|^(redis|connect-redis|rate-limiter-flexible)$/,
  'lib/stores/suites': /^lib\/(types|errors)\.ts$|^lib\/stores\/(contracts|entries|standing)\.ts$/,
  'lib/transfer':
    /^lib\/(types|errors|log|open-stores|start)\.ts$|^lib\/(accounts\/names|settings\/|crypto\/)|^lib\/stores\/(contracts|entries)\.ts$/,
  'lib/routes':
    /^lib\/(?!stores\/(sqlite|mongo|redis)|gatewarden\.ts|express\.ts)|^(express|helmet|zod|passport|passport-local)$/,
  'lib/pages': /^lib\/(types|errors)\.ts$|^eta$/,
  'lib/express.ts': /^lib\/(?!stores\/(sqlite|mongo|redis)|gatewarden\.ts)|^(express|express-session|passport)$/,
};

const isNode = (target: string) => target.startsWith('node:');
const boxOf = (path: string) => Object.keys(may).find((box) => path === box || path.startsWith(`${box}/`));

function strangers(source: Source, box: string, allowed: RegExp): string[] {
  return source.imports
    .filter(
      (one) => !one.typeOnly && !isNode(one.target) && !one.target.startsWith(`${box}/`) && !allowed.test(one.target),
    )
    .map((one) => `${source.path} imports ${one.target}`);
}

for (const [box, allowed] of Object.entries(may)) {
  test(`${box} imports nothing to its right`, () => {
    const own = sources('lib').filter((source) => boxOf(source.path) === box);
    equal(own.flatMap((source) => strangers(source, box, allowed)).join('\n'), '');
  });
}

test('a type is not a way around: no box of the services names a concrete store, nor express', () => {
  const offenders = sources(...services)
    .flatMap((source) => source.imports.map((one) => ({ path: source.path, ...one })))
    .filter((one) => /^lib\/stores\/(sqlite|mongo|redis)\//.test(one.target) || one.target === 'express');
  equal(offenders.map((one) => `${one.path} imports ${one.target}`).join('\n'), '');
});

test('the gateway and the command use the package by its published names', () => {
  const deep = sources('gateway', 'cli').flatMap((source) =>
    source.imports.filter((one) => one.target.startsWith('lib/')).map((one) => `${source.path} imports ${one.target}`),
  );
  equal(deep.join('\n'), '');
});

test('the package does not know the gateway, the command, nor the tests', () => {
  const back = sources('lib').flatMap((source) =>
    source.imports
      .filter((one) => /^(gateway|cli|test|bench)\//.test(one.target))
      .map((one) => `${source.path} imports ${one.target}`),
  );
  equal(back.join('\n'), '');
});

test('the entry file only re-exports', () => {
  const [entry] = sources('lib').filter((source) => source.path === 'lib/index.ts');
  const other = (entry?.text ?? '')
    .split(/;\n/)
    .filter((statement) => !/^\s*(\/\*\*[\s\S]*?\*\/\s*)?(export\s|$)/.test(statement));
  equal(other.join('\n'), '');
});
