import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
} from 'yaml';
import type { Path, Place, Problem } from './place.ts';
import { parseYaml } from './yaml-text.ts';

/** What a file says, as plain values, and where each of them stands. */
export interface WrittenFile {
  readonly value: unknown;
  /** Where a value begins; of one that is absent, the place of what should hold it. */
  placeOf(path: Path): Place;
  /** Where the key of a value stands. */
  placeOfKey(path: Path): Place;
  /** The line of the first line of a text: of a block (`|`), that after its mark. */
  firstLineOf(path: Path): number;
  /** The place of the first character of a line that is no space. */
  startOfLine(line: number): Place;
}

/** A file, or why it cannot be read. */
export type ReadYaml =
  | Readonly<{ ok: true; file: WrittenFile }>
  | Readonly<{ ok: false; problems: readonly Problem[] }>;

/** Values that aliases repeat, all together: an alias costs as much as what it stands for. */
const mostRepeated = 10_000;

/** Reads a YAML text. Maps have text as keys, each once; aliases are replaced by what they stand for. */
export function readYaml(text: string): ReadYaml {
  const parsed = parseYaml(text);
  if (!parsed.ok) return parsed;
  const { document, placeAt } = parsed;
  const problems: Problem[] = [];
  const complain = (offset: number, problem: string): void =>
    void problems.push({ place: placeAt(offset), text: problem });
  const { value, resolve } = plainValue(document, complain);
  if (problems.length > 0) return { ok: false, problems };
  const lines = text.split('\n');
  const columnIn = (line: number): number => (lines[line - 1] ?? '').search(/[^ ]|$/) + 1;
  return { ok: true, file: { value, ...places({ document, resolve, placeAt, columnIn }) } };
}

type Resolve = (node: unknown) => unknown;
type Complain = (offset: number, problem: string) => void;
type Sized = Readonly<{ value: unknown; size: number }>;

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);
const isNode = (node: unknown): node is Node => isScalar(node) || isCollection(node) || isAlias(node);

/** The plain value of a document, and the function that replaces an alias by the node that it names. */
function plainValue(document: Document.Parsed, complain: Complain): { value: unknown; resolve: Resolve } {
  const anchors = new Map<string, Readonly<{ node: Node; sized: Sized }>>();
  const targets = new Map<unknown, Node>();
  let repeated = 0;

  function read(node: unknown): Sized {
    if (isAlias(node)) return readAlias(node, startOf(node), node.source);
    const sized = readOwn(node);
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, { node, sized });
    return sized;
  }

  function readAlias(node: unknown, offset: number, name: string): Sized {
    const target = anchors.get(name);
    if (target === undefined) complain(offset, `the alias *${name} stands for nothing above it`);
    repeated += target?.sized.size ?? 0;
    if (target !== undefined && repeated <= mostRepeated) {
      targets.set(node, target.node);
      return target.sized;
    }
    if (target !== undefined && repeated - target.sized.size <= mostRepeated)
      complain(offset, `aliases repeat more than ${mostRepeated} values`);
    return { value: undefined, size: 1 };
  }

  function readOwn(node: unknown): Sized {
    if (isScalar(node)) return { value: node.value, size: 1 };
    if (isMap(node)) return readMap(node.items);
    if (!isCollection(node)) return { value: null, size: 1 };
    const items = node.items.map(read);
    return { value: items.map(({ value }) => value), size: sum(items) };
  }

  function readMap(items: readonly Pair[]): Sized {
    const value: Record<string, unknown> = Object.create(null);
    const offsets = new Map<string, number>();
    const sizes: Sized[] = [];
    for (const { key, value: item } of items) {
      const sized = read(item);
      const name = keyOf(key, offsets);
      sizes.push(sized);
      if (name !== undefined) value[name] = sized.value;
    }
    return { value, size: sum(sizes) };
  }

  function keyOf(key: unknown, offsets: Map<string, number>): string | undefined {
    const offset = startOf(key);
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
    if (name === undefined || name === '__proto__') complain(offset, 'keys are text: quote this one');
    else if (offsets.has(name)) complain(offset, `"${name}" is given twice`);
    else offsets.set(name, offset);
    return name === '__proto__' ? undefined : name;
  }

  const { value } = read(document.contents);
  return { value, resolve: (node) => targets.get(node) ?? node };
}

const sum = (parts: readonly Sized[]): number => parts.reduce((total, { size }) => total + size, 1);

const pairsOf = (map: YAMLMap): ReadonlyMap<unknown, Pair> =>
  new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : pair.key, pair]));

type Sources = Readonly<{
  document: Document.Parsed;
  resolve: Resolve;
  placeAt: (offset: number) => Place;
  columnIn: (line: number) => number;
}>;

function places({ document, resolve, placeAt, columnIn }: Sources) {
  const indexes = new Map<YAMLMap, ReadonlyMap<unknown, Pair>>();

  function indexOf(map: YAMLMap): ReadonlyMap<unknown, Pair> {
    const index = indexes.get(map) ?? pairsOf(map);
    indexes.set(map, index);
    return index;
  }

  /** The item that a step leads to: a pair of a map, or a node of a list. */
  function itemAt(node: unknown, step: PropertyKey): unknown {
    if (isMap(node)) return indexOf(node).get(step);
    return isCollection(node) && typeof step === 'number' ? node.items[step] : undefined;
  }

  /** Follows a path as far as the file has it. */
  function follow(path: Path): { node: unknown; key: unknown; whole: boolean } {
    let found: { node: unknown; key: unknown; whole: boolean } = {
      node: document.contents,
      key: undefined,
      whole: true,
    };
    for (const step of path) {
      const item = itemAt(resolve(found.node), step);
      if (item === undefined) return { ...found, whole: false };
      found = isPair(item)
        ? { node: item.value, key: item.key, whole: true }
        : { node: item, key: undefined, whole: true };
    }
    return found;
  }

  const placeOf = (path: Path): Place => placeAt(startOf(follow(path).node));

  return {
    placeOf,
    startOfLine: (line: number): Place => ({ line, column: columnIn(line) }),
    placeOfKey(path: Path): Place {
      const { key, whole } = follow(path);
      return whole && key !== undefined ? placeAt(startOf(key)) : placeOf(path);
    },
    firstLineOf(path: Path): number {
      const node = resolve(follow(path).node);
      const { line } = placeAt(startOf(node));
      const isBlock = isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
      return isBlock ? line + 1 : line;
    },
  };
}
