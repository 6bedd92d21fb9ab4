/** How many exports are sent at a time: of the whole log, and by users of what is their own. */
const mostAtOnce = { log: 4, trail: 8 } as const;

/** How many of them for one principal. */
const mostOfOne = 2;

/** Who reads slowly keeps a place for long, so places are few, and nobody takes all of them. */
export interface ExportPlaces {
  /** Returns a function that gives the place back; undefined when there is none. */
  take(of: keyof typeof mostAtOnce, principalId: string): (() => void) | undefined;
}

export function exportPlaces(): ExportPlaces {
  const taken = { log: [] as string[], trail: [] as string[] };

  return {
    take(of, principalId) {
      const places = taken[of];
      const isFull = places.length >= mostAtOnce[of];
      if (isFull || places.filter((one) => one === principalId).length >= mostOfOne) return undefined;
      places.push(principalId);
      let released = false;
      return function release() {
        if (released) return;
        released = true;
        places.splice(places.indexOf(principalId), 1);
      };
    },
  };
}
