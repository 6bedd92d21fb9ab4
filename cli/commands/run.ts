import { loadSettings } from '#settings';
import { runGateway } from '../../gateway/main.ts';
import { readEnvironment } from '../environment.ts';
import type { LocalOptions } from '../local.ts';

export interface RunCommandOptions extends LocalOptions {
  readonly upstream?: string;
}

/** `run`: the gateway, until a signal ends it. */
export async function run(options: RunCommandOptions): Promise<void> {
  readEnvironment(options.envFile);
  const given = options.upstream === undefined ? {} : { upstream: options.upstream };
  const resolved = loadSettings({ env: process.env, given, applies: 'gateway' });
  const gateway = await runGateway(resolved);
  await gateway.closed;
}
