import { printable } from './printable.ts';

/** Says on stderr how far a long command is. */
export interface ProgressLine {
  told(done: number, total?: number): void;
  /** Takes the line away again, or says nothing: what follows begins on a line of its own. */
  end(): void;
}

type Screen = Readonly<{ isTTY?: boolean; write(text: string): unknown }>;

const often = 200;
const seldom = 3000;

/** On a terminal one line that changes, elsewhere a line every three seconds; nothing with `--quiet`. */
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
