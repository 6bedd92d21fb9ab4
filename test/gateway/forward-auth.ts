import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** The front proxies, each with an endpoint of its own. */
export const fronts = ['nginx', 'traefik', 'caddy', 'envoy'] as const;
export type Front = (typeof fronts)[number];

/** A request that a front proxy asks about. `host`: the one that it was sent to, the gateway's own by default. */
export type Asked = Readonly<{ method?: string; host?: string; headers?: Readonly<Record<string, string>> }>;

export type AnswerToFront = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>;

export interface Asker {
  /** Asks as a front proxy does. */
  (front: Front, target: string, asked?: Asked): Promise<AnswerToFront>;
  /** Sends a question as it is, with its own headers alone. */
  raw(target: string, headers: readonly string[], method?: string, host?: string): Promise<AnswerToFront>;
}

/** The path of the question and the headers that the proxy adds. */
const forms: Readonly<Record<Front, (target: string, method: string, host: string) => [string, string[]]>> = {
  nginx: (target, method, host) => ['/nginx', ['Host', host, 'X-Original-URI', target, 'X-Original-Method', method]],
  // Traefik sends its questions to the host of the endpoint's address.
  traefik: (target, method, host) => ['/traefik', ['Host', 'gatewarden:8080', ...forwarded(target, method, host)]],
  caddy: (target, method, host) => ['/caddy', ['Host', host, ...forwarded(target, method, host)]],
  envoy: (target, _method, host) => [`/envoy${target}`, ['Host', host]],
};

const forwarded = (target: string, method: string, host: string): string[] => [
  ...['X-Forwarded-Uri', target, 'X-Forwarded-Method', method],
  ...['X-Forwarded-Host', host, 'X-Forwarded-Proto', 'http'],
];

/** Asks the endpoints below `prefix` of a gateway on this port. */
export function asker(port: number, prefix = '/_gatewarden'): Asker {
  async function send(path: string, headers: readonly string[], method: string): Promise<AnswerToFront> {
    const req = request({ port, host: '127.0.0.1', path, method, headers, agent: false }).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of res.setEncoding('utf8')) text += chunk;
    return { status: res.statusCode ?? 0, headers: res.headers, text };
  }

  const ask = (front: Front, target: string, { method = 'GET', host, headers = {} }: Asked = {}) => {
    const [path, added] = forms[front](target, method, host ?? `127.0.0.1:${port}`);
    const sent = [...added, ...Object.entries(headers).flat()];
    return send(`${prefix}/verify${path}`, sent, front === 'envoy' ? method : 'GET');
  };
  const raw: Asker['raw'] = (target, headers, method = 'GET', host = `127.0.0.1:${port}`) =>
    send(target, ['Host', host, ...headers], method);
  return Object.assign(ask, { raw });
}
