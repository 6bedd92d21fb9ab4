import { commandLine, plainEnvironment } from './gateway.ts';
import { run } from './processes.ts';

type Ran = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** Runs the real command from its sources, in `cwd`, with these settings (without the prefix) and this on its stdin. */
export function gatewardenCommand(
  args: readonly string[],
  options: { settings?: Readonly<Record<string, string>>; input?: string; cwd?: string } = {},
): Promise<Ran> {
  const { settings = {}, input = '', cwd = process.cwd() } = options;
  const given = Object.entries(settings).map(([name, value]) => [`GATEWARDEN_${name}`, value]);
  const env = { ...plainEnvironment(), ...Object.fromEntries(given) };
  const program = commandLine.map((one) =>
    one.endsWith('.ts') ? new URL(`../../${one}`, import.meta.url).pathname : one,
  );
  return run(process.execPath, [...program, ...args], { env, cwd, input });
}
