import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { portOf } from '../gateway/started.ts';

/** A request as the service behind a front proxy received it. */
export type Received = Readonly<{
  method: string;
  target: string;
  rawHeaders: readonly string[];
  trailers: object;
  body: string;
}>;

/** A service that notes what reaches it; an upgrade is answered with 101. */
export interface Service extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly Received[];
}

export async function recordingService(): Promise<Service> {
  const received: Received[] = [];
  const note = ({ method = '', url = '', rawHeaders, trailers }: IncomingMessage, body: string) =>
    void received.push({ method, target: url, rawHeaders, trailers, body });
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req.setEncoding('latin1')) body += chunk;
    note(req, body);
    res.setHeader('Cache-Control', 'public, max-age=60').setHeader('Service-Worker-Allowed', '/').end('the service');
  });
  server.on('upgrade', (req, socket) => {
    note(req, '');
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Values of all headers that a service may read under this name, in whatever way it folds names. */
export const valuesOf = ({ rawHeaders }: Received, name: string): string[] =>
  rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase().replace(/[^a-z0-9]/g, '-') === name.toLowerCase(),
  );
