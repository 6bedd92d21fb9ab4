import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Options } from 'gatewarden';
import type { Limits } from '../../gateway/limits.ts';
import { type Certificate, certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { gatewayTo, type TestGateway } from './started.ts';

export interface SecureGateway extends TestGateway {
  readonly certificate: Certificate;
  /** A new HTTP/2 connection. */
  connect(): ClientHttp2Session;
  /** The answer to one request on an HTTP/2 connection of its own. */
  ask(headers: OutgoingHttpHeaders, body?: string): Promise<Answered>;
  /** The answer to one request of HTTP/1.1. */
  askHttp1(path: string, options?: RequestOptions, body?: string): Promise<{ status: number; body: string }>;
}

/** An answer on a stream that has closed. */
export type Answered = Readonly<{
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  trailers: IncomingHttpHeaders;
  /** The RST_STREAM code; 0 when the stream ended as it should. */
  code: number;
}>;

/** A gateway with TLS in front of `upstream`, on a free loopback port, with a certificate and a store of its own. */
export async function secureGatewayTo(
  upstream: string,
  { options = {}, limits = {} }: { options?: Options; limits?: Partial<Limits> } = {},
): Promise<SecureGateway> {
  const folder = await temporaryFolder();
  const certificate = await certificateIn(folder.path);
  const { cert: tlsCert, key: tlsKey } = certificate;
  const gateway = await gatewayTo(upstream, { options: { tlsCert, tlsKey, ...options }, limits });
  const url = gateway.url.replace('http:', 'https:');
  const ca = readFileSync(certificate.authority);
  const open = (): ClientHttp2Session => connect(url, { ca }).on('error', () => undefined);
  return {
    ...gateway,
    url,
    certificate,
    connect: open,
    async ask(headers, body) {
      const session = open();
      try {
        return await answerOn(session.request(headers), body);
      } finally {
        session.close();
      }
    },
    async askHttp1(path, given = {}, body) {
      const asked = request(`${url}${path}`, { ca, agent: false, ...given }).end(body);
      const [answer] = await once(asked, 'response');
      return { status: answer.statusCode, body: await text(answer) };
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Sends the body of a request and reads its answer to the end; rejects when the stream is reset before there is one. */
export async function answerOn(stream: ClientHttp2Stream, body?: string): Promise<Answered> {
  const answered = once(stream, 'response');
  const closed = once(stream, 'close').catch(() => undefined);
  let trailers: IncomingHttpHeaders = {};
  stream.on('trailers', (sent) => {
    trailers = sent;
  });
  stream.end(body);
  const [headers] = await answered;
  const received = await text(stream).catch(() => '');
  await closed;
  return { status: headers[':status'], headers, body: received, trailers, code: stream.rstCode };
}
