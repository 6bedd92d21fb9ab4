import type { Actor, Via } from '../types.ts';

/** Who did something, as an event says it. Without an actor it was the program itself: no name, by `command`. */
export function doneBy(by: Actor | undefined) {
  const via: Via = by?.principal.via ?? 'command';
  return { actor: by?.principal.name ?? '', via, address: by?.address, agent: by?.agent };
}
