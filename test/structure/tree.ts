import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { type Program, parseSync, Visitor } from 'oxc-parser';

export type Import = {
  /** A path from the repository's root for a relative specifier and for a name of one file, else the specifier itself. */
  target: string;
  kind: 'static' | 'type' | 'dynamic';
};

export type Source = { path: string; text: string; program: Program; imports: Import[] };

const { imports: ownNames } = JSON.parse(readFileSync('package.json', 'utf8'));

function resolve(from: string, specifier: string): string {
  const file = ownNames[specifier];
  // A name without conditions stands for one file, such as data.
  if (typeof file === 'string') return normalize(file);
  return specifier.startsWith('.') ? join(dirname(from), specifier) : specifier;
}

function importsOf(program: Program): { specifier: string; kind: Import['kind'] }[] {
  const found: { specifier: string; kind: Import['kind'] }[] = [];
  const loaders = new Set<string>();
  const kindOf = (kind: 'type' | 'value' | undefined) => (kind === 'type' ? 'type' : 'static');
  new Visitor({
    ImportDeclaration: (node) => found.push({ specifier: node.source.value, kind: kindOf(node.importKind) }),
    ExportAllDeclaration: (node) => found.push({ specifier: node.source.value, kind: kindOf(node.exportKind) }),
    ExportNamedDeclaration: (node) =>
      node.source && found.push({ specifier: node.source.value, kind: kindOf(node.exportKind) }),
    TSImportType: (node) => found.push({ specifier: node.source.value, kind: 'type' }),
    ImportExpression: (node) => {
      const specifier = node.source.type === 'Literal' ? String(node.source.value) : 'a computed name';
      found.push({ specifier, kind: 'dynamic' });
    },
    VariableDeclarator: ({ id, init }) => {
      const { callee } = init?.type === 'CallExpression' ? init : {};
      if (id.type === 'Identifier' && callee?.type === 'Identifier' && callee.name === 'createRequire')
        loaders.add(id.name);
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type !== 'Identifier' || !loaders.has(callee.name)) return;
      found.push({ specifier: first?.type === 'Literal' ? String(first.value) : 'a computed name', kind: 'dynamic' });
    },
  }).visit(program);
  return found;
}

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const imports = importsOf(program).map(({ specifier, kind }) => ({ target: resolve(path, specifier), kind }));
  return { path, text, program, imports };
}

/** Every TypeScript file of these folders, with what it imports; relative paths resolved to the repository's root. */
export function sources(...folders: string[]): Source[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`))
    .sort()
    .map(read);
}

/** Whether a path lies in a folder, at any depth. */
export const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

/** Whether a path is this file, or lies in this folder. */
export const isWithin = (path: string, place: string): boolean => path === place || isBelow(path, place);
