import { deepEqual, ok } from 'node:assert/strict';
import test from 'node:test';
import { type Directive, type Statement, Visitor } from 'oxc-parser';
import { isBelow, type Source, sources } from './tree.ts';

/** What the package publishes: each of these is named in `exports` of package.json. */
const entries = ['lib/index.ts', 'lib/stores/index.ts', 'lib/testing.ts'];

/** The tables behind `Settings` and `Options`: compilers write out what comes of them. */
const workings = ['lib/settings/setting.ts#Setting'];

const library = new Map(sources('lib').map((source) => [source.path, source]));

/** A name and the file that declares it. */
type Declared = `${string}#${string}`;

/** What the names of one file mean: those of its own, and those that it has from others. */
type Module = Readonly<{
  source: Source;
  declared: ReadonlyMap<string, Statement | Directive>;
  imported: ReadonlyMap<string, Declared>;
  exported: ReadonlySet<string>;
  reExported: ReadonlyMap<string, Declared>;
  starred: readonly string[];
}>;

const pathOf = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? new URL(specifier, `file:///${from}`).pathname.slice(1) : specifier;

const nameOf = (node: { type: string; name?: string; value?: unknown }): string => node.name ?? String(node.value);

function declarationIn(statement: Statement | Directive): Statement | Directive {
  const isExport = statement.type === 'ExportNamedDeclaration' && statement.declaration;
  return isExport ? (statement.declaration as Statement) : statement;
}

function namesOf(declaration: Statement | Directive): string[] {
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  }
  const named = 'id' in declaration ? declaration.id : null;
  return named && typeof named === 'object' && 'name' in named ? [String(named.name)] : [];
}

function moduleOf(source: Source): Module {
  const declared = new Map<string, Statement | Directive>();
  const imported = new Map<string, Declared>();
  const exported = new Set<string>();
  const reExported = new Map<string, Declared>();
  const starred: string[] = [];
  for (const statement of source.program.body) {
    const declaration = declarationIn(statement);
    for (const name of namesOf(declaration)) {
      declared.set(name, declaration);
      if (declaration !== statement) exported.add(name);
    }
    if (statement.type === 'ImportDeclaration') {
      const from = pathOf(source.path, statement.source.value);
      for (const one of statement.specifiers) {
        const name = one.type === 'ImportSpecifier' ? nameOf(one.imported) : '*';
        imported.set(one.local.name, `${from}#${name}`);
      }
    }
    if (statement.type === 'ExportAllDeclaration') starred.push(pathOf(source.path, statement.source.value));
    if (statement.type === 'ExportNamedDeclaration' && !statement.declaration) {
      for (const { local, exported: as } of statement.specifiers) {
        const from = statement.source ? pathOf(source.path, statement.source.value) : source.path;
        reExported.set(nameOf(as), `${from}#${nameOf(local)}`);
      }
    }
  }
  return { source, declared, imported, exported, reExported, starred };
}

const modules = new Map([...library].map(([path, source]) => [path, moduleOf(source)]));

/** Where a name that a file exports is declared; undefined for one of another package. */
function declarationOf(path: string, name: string): Declared | undefined {
  const module = modules.get(path);
  if (module === undefined) return undefined;
  const through = module.reExported.get(name) ?? (module.declared.has(name) ? undefined : module.imported.get(name));
  if (through !== undefined) {
    const [from = '', as = ''] = through.split('#');
    return from === path && as === name ? through : declarationOf(from, as);
  }
  if (module.declared.has(name)) return `${path}#${name}`;
  return module.starred.map((star) => declarationOf(star, name)).find((found) => found !== undefined);
}

function publishedBy(path: string): Declared[] {
  const module = modules.get(path);
  if (module === undefined) return [];
  const own = [...module.exported, ...module.reExported.keys()].flatMap((name) => declarationOf(path, name) ?? []);
  return [...own, ...module.starred.flatMap(publishedBy)];
}

/** The names of types in what a declaration shows: not in the bodies of functions, nor in private members. */
function namedIn(declaration: Statement | Directive, text: string): string[] {
  const found: { name: string; at: number }[] = [];
  const hidden: { from: number; to: number }[] = [];
  new Visitor({
    TSTypeReference: ({ typeName, start }) => {
      if (typeName.type === 'Identifier') found.push({ name: typeName.name, at: start });
    },
    TSInterfaceHeritage: ({ expression, start }) => {
      if (expression.type === 'Identifier') found.push({ name: expression.name, at: start });
    },
    BlockStatement: ({ start, end }) => void hidden.push({ from: start, to: end }),
    ArrowFunctionExpression: ({ body }) => void hidden.push({ from: body.start, to: body.end }),
    PropertyDefinition: ({ key, start, end }) => {
      if (key.type === 'PrivateIdentifier') hidden.push({ from: start, to: end });
    },
  }).visit({
    ...{ type: 'Program', body: [declaration], sourceType: 'module', hashbang: null, comments: [] },
    ...{ start: 0, end: text.length },
  });
  const isShown = ({ at }: { at: number }) => !hidden.some(({ from, to }) => at >= from && at < to);
  return found.filter(isShown).map(({ name }) => name);
}

/** What a declaration names of ours. An alias that a file keeps to itself is looked through: compilers write it out. */
function namedBy(declared: Declared, seen = new Set<Declared>()): Declared[] {
  if (seen.has(declared)) return [];
  seen.add(declared);
  const [path = '', name = ''] = declared.split('#');
  const module = modules.get(path);
  const declaration = module?.declared.get(name);
  if (module === undefined || declaration === undefined) return [];
  return namedIn(declaration, module.source.text).flatMap((one) => {
    const at = declarationOf(path, one);
    if (at === undefined) return [];
    const [from = '', as = ''] = at.split('#');
    const isOwnAlias =
      !modules.get(from)?.exported.has(as) && module.declared.get(as)?.type === 'TSTypeAliasDeclaration';
    return isOwnAlias ? namedBy(at, seen) : [at];
  });
}

test('every type that something published names is published', () => {
  const published = new Set(entries.flatMap(publishedBy));
  ok(published.size > 60, `${published.size} names are published`);
  const missing = [...published].flatMap((declared) =>
    namedBy(declared)
      .filter((named) => isBelow(named, 'lib') && !published.has(named) && !workings.includes(named))
      .map((named) => `${declared} names ${named}`),
  );
  deepEqual([...new Set(missing)].sort(), []);
});

test('the entries are those of package.json', async () => {
  const { exports } = (await import('../../package.json', { with: { type: 'json' } })).default;
  const named = Object.values(exports).flatMap((one) => (typeof one === 'string' ? [] : [one['gatewarden-source']]));
  deepEqual(named.map((path) => path.replace('./', '')).sort(), [...entries].sort());
});
