import type { Records } from '../../lib/stores/records/records.ts';

/** What a process ends with in these tests. */
export class Killed extends Error {}

const verbs = ['add', 'addMany', 'change', 'put', 'removeAll'] as const;

/**
 * The records as a process sees them that is killed at its write number `at` (from 0): before it, or right after it. From then
 * on every call fails. `writes` counts the calls that may write.
 */
export function dying(records: Records, at: number, when: 'before' | 'after') {
  const state = { writes: 0, dead: false };

  function killed(): never {
    state.dead = true;
    throw new Killed('the process was killed');
  }

  async function write(call: () => Promise<unknown>): Promise<unknown> {
    if (state.dead) killed();
    const isLast = state.writes === at;
    state.writes += 1;
    if (isLast && when === 'before') killed();
    const result = await call();
    return isLast ? killed() : result;
  }

  const dies = new Proxy(records, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function') return verb;
      const call = (...args: unknown[]): unknown => Reflect.apply(verb, target, args);
      if (verbs.some((one) => one === name)) return (...args: unknown[]) => write(async () => call(...args));
      if (name === 'now') return call;
      return (...args: unknown[]) => (state.dead ? killed() : call(...args));
    },
  });
  return { records: dies, state };
}
