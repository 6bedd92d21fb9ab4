import type { IncomingMessage, RequestOptions } from 'node:http';
import { targetAddress } from './upstreams/address.ts';
import { authoritiesFor } from './upstreams/tls.ts';

/** The answer of an upstream, or why there is none. */
export type UpstreamProbe =
  | Readonly<{ ok: true; status: number; httpVersion: string; tls?: string | undefined }>
  | Readonly<{ ok: false; problem: string }>;

type Options = Readonly<{
  /** PEM file of authorities besides the system's. */
  ca?: string | undefined;
  /** Milliseconds. Default 5 s. */
  within?: number;
}>;

/**
 * Requests `/` of an upstream as the gateway would, and reads the head of the answer.
 * @throws SettingsError when the file of authorities cannot be read
 */
export async function probeUpstream(upstream: string, { ca, within = 5000 }: Options = {}): Promise<UpstreamProbe> {
  const { origin, socketPath, base } = targetAddress(upstream);
  const url = new URL(`${origin}${base}/`);
  const options: RequestOptions & { ca?: string[] } = {
    agent: false,
    headers: { 'user-agent': 'gatewarden-check', accept: '*/*' },
    signal: AbortSignal.timeout(within),
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(ca === undefined ? {} : { ca: authoritiesFor(ca) }),
  };
  try {
    return await headOfAnswer(url, options);
  } catch (error) {
    return { ok: false, problem: problemOf(error, within) };
  }
}

function headOfAnswer(url: URL, options: RequestOptions): Promise<UpstreamProbe> {
  const module = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamProbe>();
  const request = module.request(url, options, ({ statusCode = 0, httpVersion, socket }: IncomingMessage) => {
    const tls =
      'getProtocol' in socket && typeof socket.getProtocol === 'function' ? String(socket.getProtocol()) : undefined;
    resolve({ ok: true, status: statusCode, httpVersion, tls });
    request.destroy();
  });
  request
    .on('error', reject)
    .on('upgrade', () => reject(new Error('it switched protocols')))
    .end();
  return promise;
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

function problemOf(error: unknown, within: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return `no answer within ${within / 1000} seconds`;
  const code = 'code' in error ? String(error.code) : error.message;
  if (untrusted.has(code)) return `${code}: name the certificate’s authority in GATEWARDEN_UPSTREAM_CA`;
  if (code.startsWith('HPE_')) return `${code}: what answers there is no HTTP/1.1`;
  return code === 'EPROTO' ? `${code}: what answers there speaks no TLS` : code;
}
