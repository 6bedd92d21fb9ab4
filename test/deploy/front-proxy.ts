import { once } from 'node:events';
import { connect } from 'node:tls';
import type { Options } from 'gatewarden';
import { gatewayTo, password, type TestGateway } from '../gateway/started.ts';
import { type Certificate, certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { freePort, listening } from '../support/ports.ts';
import type { Started } from '../support/processes.ts';
import { type Received, recordingService, type Service } from './service.ts';

/** What a front proxy is started with. */
export type Setup = Readonly<{
  folder: string;
  certificate: Certificate;
  /** The port that it listens on with TLS, and one for plain HTTP. */
  port: number;
  plainPort: number;
  gatewayPort: number;
  servicePort: number;
  secret: string;
}>;

/** An answer of the front proxy; `received`: what got through to the service meanwhile. */
export type Heard = Readonly<{
  status: number;
  headers: ReadonlyMap<string, string>;
  text: string;
  received: readonly Received[];
}>;

/** A real front proxy with a shipped configuration, Gatewarden, and a service. */
export interface FrontProxy extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly service: Service;
  readonly process: Started;
  readonly setup: Setup;
  /** Sends these very bytes over TLS, until the connection closes. */
  send(bytes: Buffer | string): Promise<Heard>;
  /** Sends a request byte for byte (a character is a byte), for the host of the sample unless a line names another. */
  ask(target: string, lines?: readonly string[], method?: string): Promise<Heard>;
  /** Makes a user who signs in through the front proxy: the `Cookie` header. */
  signIn(username: string): Promise<string>;
}

export const host = 'wiki.example.com';
const secret = 'the-secret-of-the-front-proxy';

/** @param viaGateway the gateway carries the traffic, instead of answering forward-auth only */
export async function frontProxy(
  launch: (setup: Setup) => Promise<Started>,
  { viaGateway = false, ...options }: Options & { viaGateway?: boolean } = {},
): Promise<FrontProxy> {
  const folder = await temporaryFolder();
  const certificate = await certificateIn(folder.path, `DNS:${host}`);
  const service = await recordingService();
  const given = { trustedProxies: ['127.0.0.1/32'], proxySecret: secret, publicUrl: `https://${host}`, ...options };
  const upstream = viaGateway ? `http://127.0.0.1:${service.port}` : 'http://127.0.0.1:1';
  const gateway = await gatewayTo(upstream, { options: given });
  const [port, plainPort] = [await freePort(), await freePort()];
  const ports = { port, plainPort, gatewayPort: gateway.port, servicePort: service.port };
  const setup = { folder: folder.path, certificate, secret, ...ports };
  const process = await launch(setup);
  await listening(port);

  async function send(bytes: Buffer | string): Promise<Heard> {
    const before = service.received.length;
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: host,
      ca: certificate.options.cert,
      rejectUnauthorized: false,
    });
    const timer = setTimeout(() => socket.destroy(), 10_000);
    socket.on('error', () => undefined).setEncoding('latin1');
    let text = '';
    socket.on('data', (more: string) => {
      text += more;
      if (isWhole(text)) socket.destroy();
    });
    socket.write(bytes);
    await once(socket, 'close');
    clearTimeout(timer);
    return { ...heardOf(text), received: service.received.slice(before) };
  }

  return {
    gateway,
    service,
    process,
    setup,
    send,
    ask: (target, lines = [], method = 'GET') => send(requestOf(target, lines, method)),
    async signIn(username) {
      await gateway.gate.users.create({ username, password, role: 'user' });
      const body = new URLSearchParams({ username, password }).toString();
      const lines = ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`];
      const head = requestOf('/_gatewarden/login', [...lines, `Origin: https://${host}`], 'POST');
      const { status, headers, text } = await send(Buffer.concat([head, Buffer.from(body)]));
      const cookie = headers.get('set-cookie')?.split(';')[0];
      if (status !== 303 || cookie === undefined) throw new Error(`signing in answered ${status}: ${text}`);
      return cookie;
    },
    async [Symbol.asyncDispose]() {
      await process.stop();
      for (const one of [gateway, service, folder]) await one[Symbol.asyncDispose]();
    },
  };
}

function requestOf(target: string, lines: readonly string[], method: string): Buffer {
  const has = (name: string): boolean => lines.some((line) => line.toLowerCase().startsWith(`${name}:`));
  const added = [...(has('host') ? [] : [`Host: ${host}`]), ...(has('connection') ? [] : ['Connection: close'])];
  return Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...added, ...lines].join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Whether an answer is there as long as it says, or opens a WebSocket. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, end + 2))?.[1];
  return text.startsWith('HTTP/1.1 101 ') || (length !== undefined && text.length >= end + 4 + Number(length));
}

function heardOf(text: string): Omit<Heard, 'received'> {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...fields] = text.slice(0, end === -1 ? undefined : end).split('\r\n');
  const headers = new Map<string, string>();
  for (const line of fields) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, text: text.slice(end + 4) };
}
