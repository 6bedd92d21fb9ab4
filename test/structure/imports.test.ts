import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { isBelow, isWithin, type Source, sources } from './tree.ts';

type Box = readonly string[];

/**
 * The floors of `lib/`, lowest first, and the boxes on each. An import, a type import too, stays in its box or goes to a
 * lower floor: never up, and never across to another box of the same floor.
 */
const floors: readonly (readonly Box[])[] = [
  [
    ['lib/types.ts'],
    ['lib/and-then.ts'],
    ['lib/errors.ts'],
    ['lib/log.ts'],
    ['lib/text.ts'],
    ['lib/node-version.ts'],
    ['lib/net'],
    ['lib/invalidation'],
  ],
  [
    ['lib/settings'],
    ['lib/crypto'],
    ['lib/pages'],
    // The contracts that every store fulfils.
    [
      'lib/stores/stores.ts',
      'lib/stores/records',
      'lib/stores/sessions.ts',
      'lib/stores/attempts.ts',
      'lib/stores/audit.ts',
    ],
  ],
  [
    ['lib/services.ts', 'lib/services'],
    // Concrete stores: above the contracts that they fulfil. Who may load one is a test of its own.
    ['lib/stores/sqlite'],
    ['lib/stores/mongo'],
    ['lib/stores/redis'],
    ['lib/stores/suites', 'lib/stores/index.ts'],
    ['lib/stores/open.ts', 'lib/stores/survey.ts', 'lib/stores/data-dir.ts'],
  ],
  [['lib/accounts'], ['lib/session'], ['lib/tokens'], ['lib/audit'], ['lib/figures'], ['lib/request']],
  [['lib/core.ts']],
  [['lib/routes'], ['lib/express'], ['lib/transfer']],
  [['lib/start']],
  [['lib/gatewarden.ts', 'lib/from-gateway.ts', 'lib/index.ts', 'lib/testing.ts']],
];

/** The boxes of `lib/request`, in the order in which a request passes them; the files at its top are above them all. */
const requestOrder = ['extract', 'authenticate', 'authorize', 'respond'];

const engines = ['lib/stores/sqlite', 'lib/stores/mongo', 'lib/stores/redis'];

/** The packages that each box may import, types included. Where a folder is not named, none. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'lib/net': ['ipaddr.js'],
  'lib/settings': ['ipaddr.js', 'zod'],
  'lib/crypto': ['bcrypt', '@node-rs/argon2'],
  'lib/pages': ['eta', 'intl-messageformat'],
  'lib/stores/records': ['zod'],
  'lib/stores/sqlite': ['rate-limiter-flexible'],
  'lib/stores/mongo': ['mongoose', 'zod'],
  'lib/stores/redis': ['redis', 'connect-redis', 'rate-limiter-flexible'],
  'lib/accounts': ['@zxcvbn-ts/language-common'],
  'lib/audit': ['lru-cache'],
  'lib/session': ['express-session', 'passport', 'passport-local'],
  'lib/tokens': ['jose', 'lru-cache'],
  'lib/request': ['helmet', 'lru-cache'],
  'lib/routes': ['express', 'zod'],
  'lib/transfer': ['zod'],
  'lib/express': ['express', 'passport'],
  'lib/start': ['pino'],
  'lib/gatewarden.ts': ['express'],
  'lib/from-gateway.ts': ['express'],
  gateway: ['express', 'pino', 'undici', 'yaml', 'zod'],
  cli: ['@clack/prompts', 'cli-table3', 'commander'],
  tools: [],
};

const shipped = ['lib', 'gateway', 'cli', 'tools'];
const all = sources(...shipped);
const inLibrary = all.filter(({ path }) => isBelow(path, 'lib'));

const boxOf = (path: string): Box | undefined => floors.flat().find((box) => box.some((one) => isWithin(path, one)));
const floorOf = (path: string): number => floors.findIndex((boxes) => boxes.some((box) => box === boxOf(path)));

const opensEngine = (from: string, target: string, kind: string): boolean =>
  from === 'lib/stores/open.ts' && kind === 'dynamic' && engines.some((engine) => isWithin(target, engine));

function importsUpward({ path, imports }: Source): string[] {
  return imports
    .filter(({ target }) => isBelow(target, 'lib') && boxOf(target) !== boxOf(path))
    .filter(({ target, kind }) => floorOf(target) >= floorOf(path) && !opensEngine(path, target, kind))
    .map(({ target }) => `${path} imports ${target}`);
}

const rankInRequest = (path: string): number => {
  const found = requestOrder.findIndex((box) => isWithin(path, `lib/request/${box}`));
  return found === -1 ? requestOrder.length : found;
};

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isPath = (target: string) => /^(lib|gateway|cli|tools|test|examples|bench)\//.test(target);
const isOwnName = (target: string) => target.startsWith('#') || packageOf(target) === 'gatewarden';

function offenders(from: readonly Source[], isOffence: (target: string, source: Source) => boolean): string {
  const lines = from.flatMap((source) =>
    source.imports
      .filter(({ target }) => isOffence(target, source))
      .map(({ target }) => `${source.path} imports ${target}`),
  );
  return lines.join('\n');
}

test('every file of lib/ is on a floor, and every box of a floor has files', () => {
  const homeless = inLibrary.filter(({ path }) => boxOf(path) === undefined).map(({ path }) => path);
  const empty = floors
    .flat(2)
    .filter((place) => !inLibrary.some(({ path }) => isWithin(path, place)) || !boxOf(place)?.includes(place));
  deepEqual({ homeless, empty }, { homeless: [], empty: [] });
});

test('imports go to a lower floor or stay in their box', () => {
  equal(inLibrary.flatMap(importsUpward).join('\n'), '');
});

test('inside lib/request nothing imports what a request meets later', () => {
  const request = inLibrary.filter(({ path }) => isBelow(path, 'lib/request'));
  const right = (target: string, { path }: Source) =>
    isBelow(target, 'lib/request') && rankInRequest(target) > rankInRequest(path);
  equal(offenders(request, right), '');
});

test('a concrete store is loaded by stores/open alone, when it is used', () => {
  const loaders = all.filter(({ path }) => path !== 'lib/stores/open.ts' && path !== 'lib/testing.ts');
  const others = (target: string, { path }: Source) =>
    engines.some((engine) => isBelow(target, engine) && !isBelow(path, engine));
  equal(offenders(loaders, others), '');
});

const packagesOf = (source: Source): string[] =>
  source.imports
    .map(({ target }) => target)
    .filter((target) => !target.startsWith('node:') && !isPath(target) && !isOwnName(target))
    .map(packageOf);

test('each box imports only the packages that it may', () => {
  const mayImport = (path: string) => Object.entries(packages).find(([place]) => isWithin(path, place))?.[1] ?? [];
  const strange = all.flatMap((source) =>
    packagesOf(source)
      .filter((name) => !mayImport(source.path).includes(name))
      .map((name) => `${source.path} imports ${name}`),
  );
  equal(strange.join('\n'), '');
});

test('each box imports every package that it may: none is left over from before', () => {
  const unused = Object.entries(packages).flatMap(([place, names]) => {
    const imported = all.filter(({ path }) => isWithin(path, place)).flatMap(packagesOf);
    return names.filter((name) => !imported.includes(name)).map((name) => `${place} does not import ${name}`);
  });
  equal(unused.join('\n'), '');
});

test('lib/ imports nothing from outside of lib/, not even by its published names', () => {
  const outside = (target: string) => isOwnName(target) || (isPath(target) && !isBelow(target, 'lib'));
  equal(offenders(inLibrary, outside), '');
});

test('the gateway and the command use the package by its published names and its imports', () => {
  const { exports, imports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const names = new Set(Object.keys({ ...exports, ...imports }).map((name) => name.replace(/^\./, 'gatewarden')));
  const programs = all.filter(({ path }) => isBelow(path, 'gateway') || isBelow(path, 'cli'));
  const deep = (target: string) => isBelow(target, 'lib') || (isOwnName(target) && !names.has(target));
  equal(offenders(programs, deep), '');
});

test('the gateway does not know the command, and neither knows tests, examples or tools', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = { gateway: ['gateway'], cli: ['cli', 'gateway'] };
  const top = (path: string) => path.split('/')[0] ?? '';
  const programs = all.filter(({ path }) => top(path) in allowed);
  const stranger = (target: string, { path }: Source) =>
    isPath(target) && !isBelow(target, 'lib') && !allowed[top(path)]?.includes(top(target));
  equal(offenders(programs, stranger), '');
});

test('the entry file only re-exports', () => {
  const [entry] = inLibrary.filter(({ path }) => path === 'lib/index.ts');
  const other = entry?.program.body.filter(
    (node) => !(node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source)),
  );
  deepEqual(other, []);
});
