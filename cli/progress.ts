import { printable } from './printable.ts';

/** Prints the progress of a long command to stderr. */
export interface ProgressLine {
  told(done: number, total?: number): void;
  /** Erases the line, so that later output begins on a line of its own. */
  end(): void;
}

type Screen = Readonly<{ isTTY?: boolean; write(text: string): unknown }>;

const often = 200;
const seldom = 3000;

/** On a terminal one line that is rewritten, elsewhere a line every three seconds; nothing with `--quiet`. */
export function progressLine(
  verb: string,
  { quiet, screen = process.stderr, clock = Date.now }: { quiet: boolean; screen?: Screen; clock?: () => number },
): ProgressLine {
  const onTerminal = screen.isTTY === true;
  const started = clock();
  let last = started;
  let shown = false;
  return {
    told(done, total) {
      const now = clock();
      if (quiet || now - last < (onTerminal ? often : seldom)) return;
      last = now;
      shown = true;
      const share = total
        ? ` of ${total.toLocaleString('en')} (${Math.min(100, Math.floor((done / total) * 100))}%)`
        : '';
      const text = `${verb} ${done.toLocaleString('en')}${share} records, ${Math.round((now - started) / 1000)} s`;
      screen.write(onTerminal ? `\r\u001b[K${printable(text)}` : `${printable(text)}\n`);
    },
    end() {
      if (shown && onTerminal) screen.write('\r\u001b[K');
    },
  };
}
