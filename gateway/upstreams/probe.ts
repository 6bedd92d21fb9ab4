import type { Dispatcher } from 'undici';
import type { UpstreamConfig } from '../config/route-config.ts';
import { below, targetAddress } from './address.ts';
import { http1Transport } from './http1.ts';
import { http2Transport } from './http2.ts';
import { tlsOptions } from './tls.ts';
import { failureCode } from './upstream-error.ts';

/** The answer of a target, or why it is not healthy. */
export type TargetProbe = Readonly<{ url: string }> &
  (Readonly<{ ok: true; status: number }> | Readonly<{ ok: false; problem: string }>);

/**
 * Sends one request to a target as the gateway would: for the path of its health check, where an answer from 400 is a problem, or
 * else for `/`, where every answer is one. `within`: milliseconds, 5 s by default.
 * @throws SettingsError when a file of the TLS options cannot be read
 */
export async function probeTarget(
  url: string,
  { tls, health }: Pick<UpstreamConfig, 'tls' | 'health'>,
  within = 5000,
): Promise<TargetProbe> {
  const { protocol, origin, socketPath, base } = targetAddress(url);
  const open = protocol === 'http2' ? http2Transport : http1Transport;
  const transport = open({ origin, socketPath, tls: tlsOptions(tls), connectTimeout: within });
  const { promise, resolve } = Promise.withResolvers<number | string>();
  const timer = setTimeout(() => resolve(`no answer within ${within / 1000} seconds`), within);
  const headers = ['host', new URL(origin).host, 'user-agent', 'gatewarden-check', 'accept', '*/*'];
  const path = below(base)(health?.path ?? '/');
  transport.dispatch({ path, method: 'GET', headers, body: null }, new Probing(resolve));
  const answer = await promise;
  clearTimeout(timer);
  await transport.close();
  if (typeof answer === 'string') return { url, ok: false, problem: answer };
  return health !== undefined && answer >= 400
    ? { url, ok: false, problem: `status ${answer} at ${health.path}` }
    : { url, ok: true, status: answer };
}

/** The handler of one request: resolves with the status of the answer, or the code of the failure. */
class Probing implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: number | string) => void;

  constructor(resolve: (answer: number | string) => void) {
    this.#resolve = resolve;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#resolve(status);
  }

  onResponseData(): void {}

  onResponseEnd(): void {}

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#resolve(failureCode(error));
  }
}
