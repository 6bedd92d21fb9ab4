import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { isBelow, type Source, sources } from './tree.ts';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The groups of nodes that reach each other (Tarjan's strongly connected components of two and more), each sorted. */
function ringsOf(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const rings: string[][] = [];
  const low = (node: string) => lowest.get(node) ?? 0;

  function visit(node: string): void {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (path.includes(next)) lowest.set(node, Math.min(low(node), low(next)));
    }
    if (low(node) !== order.get(node)) return;
    const group = path.splice(path.indexOf(node));
    if (group.length > 1) rings.push(group.sort());
  }

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return rings;
}

/** What a path is called within a folder: the file, or the folder there with all that is below it. */
const entryOf = (folder: string, path: string): string =>
  path
    .split('/')
    .slice(0, folder.split('/').length + 1)
    .join('/');

/** Who imports whom among the entries of a folder. */
function entriesOf(folder: string, files: readonly Source[]): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of files.filter((file) => isBelow(file.path, folder))) {
    const from = entryOf(folder, path);
    const others = graph.get(from) ?? new Set();
    graph.set(from, others);
    for (const { target } of imports) {
      if (isBelow(target, folder) && entryOf(folder, target) !== from) others.add(entryOf(folder, target));
    }
  }
  return graph;
}

const foldersAbove = (path: string): string[] => {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
};

// A ring of files is one of entries in the folder that is nearest to all of them; so this finds both.
for (const tree of ['lib', 'gateway', 'cli', 'tools', 'test', 'examples', 'bench']) {
  test(`no files and no folders of ${tree}/ import each other in a ring`, () => {
    const files = sources(tree);
    const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
    deepEqual(
      [...folders].flatMap((folder) => ringsOf(entriesOf(folder, files))),
      [],
    );
  });
}

const graph = (edges: Record<string, string[]>): Graph =>
  new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));

const samples: [title: string, edges: Record<string, string[]>, rings: string[][]][] = [
  ['a line', { a: ['b'], b: ['c'], c: [] }, []],
  ['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ['two that import each other', { a: ['b'], b: ['a'] }, [['a', 'b']]],
  ['a long ring with a tail', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, [['b', 'c', 'd']]],
  ['two rings that share a file', { a: ['b', 'c'], b: ['a'], c: ['a'] }, [['a', 'b', 'c']]],
];
for (const [title, edges, rings] of samples) {
  test(`the search for rings is right about ${title}`, () => deepEqual(ringsOf(graph(edges)), rings));
}
