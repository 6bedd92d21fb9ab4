import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type CommandOptions, commandEnvironment, commandFrom } from './command.ts';

/** One answer: typed once `asked` is on the screen, after what the answers before it had matched. */
export type Typed = readonly [asked: RegExp, answer: string];

/** What was on the screen of a terminal, with all escape sequences, and how the command ended. */
export type Screen = Readonly<{ code: number | null; screen: string }>;

const quoted = (one: string) => `'${one.replaceAll("'", "'\\''")}'`;

/** Runs the command in a pseudo-terminal of `script` (util-linux). `after` is a shell command that runs in it afterwards. */
export function commandInTerminal(
  args: readonly string[],
  typed: readonly Typed[],
  options: CommandOptions & { after?: string } = {},
): Promise<Screen> {
  const line = commandFrom(args).map(quoted).join(' ');
  const script = options.after === undefined ? `exec ${line}` : `${line}; ${options.after}`;
  // Without a terminal of its own, `script` makes one of no width.
  return inTerminal(`stty cols 100 rows 30; ${script}`, typed, options);
}

async function inTerminal(script: string, typed: readonly Typed[], options: CommandOptions): Promise<Screen> {
  const env = { ...commandEnvironment(options), TERM: 'xterm' };
  const child = spawn('script', ['-qefc', script, '/dev/null'], { env, cwd: options.cwd ?? process.cwd() });
  const waiting = [...typed];
  let screen = '';
  let from = 0;
  const look = () => {
    const [next] = waiting;
    const found = next?.[0].exec(screen.slice(from));
    if (!next || !found) return;
    from += found.index + found[0].length;
    waiting.shift();
    // A prompt is drawn before it listens.
    setTimeout(() => child.stdin.write(next[1]), 150);
    look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      screen += more;
      look();
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  if (waiting.length > 0) throw new Error(`never asked ${waiting[0]?.[0]}:\n${screen}`);
  return { code: typeof code === 'number' ? code : null, screen };
}
