import type { Target } from './target.ts';

/** Chooses a target among those that may be chosen and were not tried. `key`: the session, or else the address. */
export type Choice = (key: string, tried: ReadonlySet<Target> | undefined) => Target | undefined;

/** The target with the fewest pending requests; those that are equal take turns. */
export const leastPending = (targets: readonly Target[]): Choice => fewestPending(targets, (one) => one.isAvailable);

/** As `leastPending`, for when no target is available. Each may be healthy again. */
export const lastResort = (targets: readonly Target[]): Choice => fewestPending(targets, () => true);

function fewestPending(targets: readonly Target[], mayBeChosen: (one: Target) => boolean): Choice {
  let first = 0;
  return function chooseFewestPending(_key, tried) {
    let chosen: Target | undefined;
    first = (first + 1) % targets.length;
    for (let step = 0; step < targets.length; step += 1) {
      const one = targets[(first + step) % targets.length];
      if (one === undefined || (chosen !== undefined && one.pending >= chosen.pending)) continue;
      if (mayBeChosen(one) && !tried?.has(one)) chosen = one;
    }
    return chosen;
  };
}

/**
 * The same target for the same key, by rendezvous hashing: when a target goes, only its keys move, and they come back with it.
 * All instances of a gateway choose alike.
 */
export function sameForKey(targets: readonly Target[]): Choice {
  const seeds = targets.map(({ address }) => hashOf(address));
  return function chooseByKey(key, tried) {
    const hash = hashOf(key);
    let chosen: Target | undefined;
    let highest = -1;
    for (const [at, one] of targets.entries()) {
      const weight = mixed(hash ^ (seeds[at] ?? 0));
      if (weight > highest && one.isAvailable && !tried?.has(one)) {
        chosen = one;
        highest = weight;
      }
    }
    return chosen;
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** The last step of MurmurHash3, 32 bits, which spreads every bit over all; unsigned. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
