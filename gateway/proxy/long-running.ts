/** A forwarded request that is still running. */
export interface Running {
  /** `performance.now()` when its headers had arrived. */
  readonly startedAt: number;
  /** Where `LongRunning` has it. */
  place: number;
  /** Called once when it has run for longer than a moment. */
  takesLong(): void;
}

export interface LongRunning {
  add(one: Running): void;
  delete(one: Running): void;
  close(): void;
}

/** Milliseconds: a sign-out must end what runs within a second. */
const moment = 250;

/**
 * Finds requests that take longer than a moment, so that only these are watched; the others cost an entry in an array. With a
 * `Set` in its place, each collection of young objects takes several times as long (`npm run bench -- proxy`).
 */
export function longRunning(): LongRunning {
  const running: (Running | undefined)[] = [];
  const free: number[] = [];
  let timer: NodeJS.Timeout | undefined;

  function remove(one: Running): void {
    const { place } = one;
    if (running[place] !== one) return;
    running[place] = undefined;
    free.push(place);
  }

  function look(): void {
    const before = performance.now() - moment;
    for (const one of running) {
      if (one === undefined || one.startedAt > before) continue;
      remove(one);
      one.takesLong();
    }
  }

  return {
    add(one) {
      one.place = free.pop() ?? running.length;
      running[one.place] = one;
      timer ??= setInterval(look, moment / 2).unref();
    },
    delete: remove,
    close: () => clearInterval(timer),
  };
}
