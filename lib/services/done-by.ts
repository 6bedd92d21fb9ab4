import type { Actor, Via } from '../types.ts';

/** The fields of an event that name its actor. Without one the program itself acts: no name, via `command`. */
export function doneBy(by: Actor | undefined) {
  const via: Via = by?.principal.via ?? 'command';
  return { actor: by?.principal.name ?? '', via, address: by?.address, agent: by?.agent };
}
