/** A forwarded request that is still running. */
export interface Running {
  /** `performance.now()` when its headers had arrived. */
  readonly startedAt: number;
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

/** Finds requests that take longer than a moment, so that only these are watched; the others cost an entry in a set. */
export function longRunning(): LongRunning {
  const running = new Set<Running>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const before = performance.now() - moment;
    for (const one of running) {
      if (one.startedAt > before) continue;
      running.delete(one);
      one.takesLong();
    }
  }

  return {
    add(one) {
      running.add(one);
      timer ??= setInterval(look, moment / 2).unref();
    },
    delete: (one) => void running.delete(one),
    close: () => clearInterval(timer),
  };
}
