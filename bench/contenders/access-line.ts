import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino } from 'pino';

const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 1, sync: false }));

/** Writes the line of a request that Gatewarden's access log would have, when its answer is out. */
export function accessLine(req: IncomingMessage, res: ServerResponse, requestId: string, bytes: () => number): void {
  const startedAt = performance.now();
  res.once('close', () => {
    const duration = Math.round((performance.now() - startedAt) * 10) / 10;
    const address = req.socket.remoteAddress;
    const { method, url: path } = req;
    const line = { method, path, status: res.statusCode, bytes: bytes(), duration, user: 'nobody', requestId, address };
    log.info(line, 'request');
  });
}
