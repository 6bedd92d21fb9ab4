import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { accessLine } from './access-line.ts';

/** What every proxy does, and no auth: undici's dispatch, hop-by-hop headers dropped, forwarding headers and a request id set, the same line in the access log. */
const pool = new Pool(process.env.UPSTREAM ?? '', { pipelining: 1, allowH2: false });
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect']);

function requestHeaders(req: IncomingMessage, requestId: string): string[] {
  const headers: string[] = [];
  for (let at = 0; at + 1 < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at] ?? '';
    if (!hopByHop.has(name.toLowerCase())) headers.push(name, req.rawHeaders[at + 1] ?? '');
  }
  headers.push('X-Forwarded-For', req.socket.remoteAddress ?? '', 'X-Forwarded-Proto', 'http');
  headers.push('X-Forwarded-Host', req.headers.host ?? '', 'X-Request-Id', requestId);
  return headers;
}

function handlerFor(res: ServerResponse, sent: (bytes: number) => void): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  res.once('close', () => res.writableFinished || controller?.abort(new Error('gone')));
  return {
    onRequestStart(given) {
      controller = given;
    },
    onResponseStart(_controller, status, headers, message) {
      const out: (string | string[])[] = [];
      for (const name in headers) if (!hopByHop.has(name)) out.push(name, headers[name] ?? '');
      res.writeHead(status, message ?? '', out);
    },
    onResponseData(given, chunk) {
      sent(chunk.length);
      if (res.write(chunk)) return;
      given.pause();
      res.once('drain', () => given.resume());
    },
    onResponseEnd: () => void res.end(),
    onResponseError: () => void res.destroy(),
  };
}

createServer((req, res) => {
  const requestId = randomUUID();
  let bytes = 0;
  accessLine(req, res, requestId, () => bytes);
  const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
  const { url: path = '/', method = 'GET' } = req;
  pool.dispatch(
    { path, method, headers: requestHeaders(req, requestId), body: hasBody ? req : null },
    handlerFor(res, (n) => {
      bytes += n;
    }),
  );
}).listen(Number(process.env.PORT), '127.0.0.1');
