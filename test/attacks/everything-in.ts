import { inspect } from 'node:util';

/** One thing that was found on the way through a value: where, under which name, and what. */
export type FoundPart = Readonly<{ path: string; name: string; value: unknown }>;

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const builtIn = new Set<unknown>(
  [Object, Array, Function, Map, Set, Promise, Date, Error, Uint8Array, Buffer].map((one) => one.prototype),
);

/** A getter that throws gives nothing away. */
function readFrom(from: object, key: PropertyKey, owner: unknown): unknown {
  try {
    return Reflect.get(from, key, owner);
  } catch {
    return undefined;
  }
}

/** Every property of a value and of what is in it, hidden and inherited ones too; getters are called. */
export function partsOf(value: unknown, path = ''): FoundPart[] {
  const found: FoundPart[] = [];
  const seen = new Set<object>();
  function walk(current: unknown, at: string, owner = current): void {
    if (!isObject(current) || seen.has(current) || builtIn.has(current)) return;
    seen.add(current);
    if (current instanceof Map || current instanceof Set) walk([...current], at);
    for (const key of Reflect.ownKeys(current)) {
      const name = String(key);
      const part = readFrom(current, key, owner);
      found.push({ path: `${at}.${name}`, name, value: part });
      walk(part, `${at}.${name}`);
    }
    walk(Object.getPrototypeOf(current), at, owner);
  }
  walk(value, path);
  return found;
}

/** Every text in a value. */
export const textsIn = (value: unknown): string[] =>
  partsOf(value).flatMap(({ value: part }) => (typeof part === 'string' ? [part] : []));

/** A value as programs write it down: JSON, and what `console.log` and `util.inspect` print. */
export const writtenDown = (value: unknown): string[] => [
  JSON.stringify(value) ?? '',
  inspect(value),
  inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, maxStringLength: null }),
];
