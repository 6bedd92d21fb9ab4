import { temporaryFolder } from '../support/folders.ts';
import { type Started, start } from '../support/processes.ts';

/** `gatewarden run` as a process of its own, on a free port, everything public. Whatever a test does, it is gone afterwards. */
export async function gatewayProcess(
  upstream: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ gateway: Started; url(): Promise<string> } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const gateway = start(process.execPath, ['--conditions=gatewarden-source', 'cli/index.ts', 'run'], {
    env: {
      PATH: process.env.PATH,
      GATEWARDEN_UPSTREAM: upstream,
      GATEWARDEN_PORT: '0',
      GATEWARDEN_DATA_DIR: folder.path,
      GATEWARDEN_RULES: 'public * /**',
      ...env,
    },
  });
  return {
    gateway,
    async url() {
      const [, address = ''] = await gateway.printed(/"address":"(https?:[^"]+)"/);
      return address;
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop('SIGKILL');
      await folder[Symbol.asyncDispose]();
    },
  };
}
