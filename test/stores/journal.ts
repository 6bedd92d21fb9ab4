import type { Stores } from 'gatewarden/stores';

const kinds = ['records', 'sessions', 'attempts', 'audit'] as const;

/**
 * Stores such as an app may bring: others of its choice behind it, and a line in `journal` for each verb that is called,
 * `sessions.create`. Written against what `gatewarden/stores` publishes, and nothing else.
 */
export function journalled(stores: Stores, journal: string[]): Stores {
  const noting = kinds.map((kind) => [kind, notingVerbs(kind, stores[kind], journal)] as const);
  return { ...stores, ...Object.fromEntries(noting) };
}

function notingVerbs<S extends object>(kind: string, store: S, journal: string[]): S {
  return new Proxy(store, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function') return verb;
      return (...args: readonly unknown[]) => {
        journal.push(`${kind}.${String(name)}`);
        return verb.apply(target, args);
      };
    },
  });
}
