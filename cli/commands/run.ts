import { runGateway } from '../../gateway/main.ts';
import { type LocalOptions, settingsOf } from '../environment.ts';

export interface RunCommandOptions extends LocalOptions {
  readonly upstream?: string;
  readonly config?: string;
}

/** `run`: the gateway, until a signal ends it. */
export async function run(options: RunCommandOptions): Promise<void> {
  const gateway = await runGateway(
    settingsOf(options, 'gateway', { upstream: options.upstream, config: options.config }),
  );
  await gateway.closed;
}
