import { once } from 'node:events';
import { legacyApp } from '../../examples/legacy-app/server.ts';
import { type GatewayOptions, type RunningGateway, startGateway } from './gateway.ts';

/** The rules that the demo has: a viewer reads, a user acts, `/operator` is for operators, `/health` for everybody. */
export const demoRules = 'public read /health; operator * /operator/**; viewer read /**; user * /**';

/** Starts the legacy app on a free loopback port, in this process. */
export async function startLegacyApp(): Promise<{ url: string } & AsyncDisposable> {
  const server = legacyApp().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The legacy app behind the real command, both gone at the end of the scope. */
export async function startDemo(
  options: Omit<GatewayOptions, 'upstream'> = {},
): Promise<RunningGateway & AsyncDisposable> {
  const legacy = await startLegacyApp();
  const settings = { RULES: demoRules, ...options.settings };
  const gateway = await startGateway({ ...options, settings, upstream: legacy.url });
  const stopGateway = gateway[Symbol.asyncDispose];
  return Object.defineProperty(gateway, Symbol.asyncDispose, {
    async value() {
      await stopGateway();
      await legacy[Symbol.asyncDispose]();
    },
  });
}
