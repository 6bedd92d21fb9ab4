import { commandLine, plainEnvironment } from './gateway.ts';
import { run } from './processes.ts';

/** What a command that has ended printed, and its exit code. */
export type Ran = Readonly<{ code: number | null; stdout: string; stderr: string }>;

export interface CommandOptions {
  /** `GATEWARDEN_*`, without the prefix. */
  readonly settings?: Readonly<Record<string, string>>;
  /** More environment variables, whole names. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is on its stdin. Default: nothing. */
  readonly input?: string;
  readonly cwd?: string;
  /** Runs it as this user of the system, which only root may. */
  readonly uid?: number;
}

/** The program and its arguments that run the command from its sources, from any folder. */
export const commandFrom = (args: readonly string[]): readonly string[] => [
  process.execPath,
  ...commandLine.map((one) => (one.endsWith('.ts') ? new URL(`../../${one}`, import.meta.url).pathname : one)),
  ...args,
];

/** The environment of the command: none of our settings but these. */
export function commandEnvironment({ settings = {}, env = {} }: CommandOptions): NodeJS.ProcessEnv {
  const given = Object.entries(settings).map(([name, value]) => [`GATEWARDEN_${name}`, value]);
  return { ...plainEnvironment(), ...Object.fromEntries(given), ...env };
}

/** Runs the real command from its sources to its end. */
export function gatewardenCommand(args: readonly string[], options: CommandOptions = {}): Promise<Ran> {
  const { input = '', cwd = process.cwd(), uid } = options;
  const [program = '', ...line] = commandFrom(args);
  return run(program, line, { env: commandEnvironment(options), cwd, input, ...(uid !== undefined && { uid }) });
}
