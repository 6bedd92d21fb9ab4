import type { Log } from 'gatewarden';
import type { Exchange } from './exchange.ts';

/**
 * One line for each request, written when its answer is out or broken off. Without the query, which may hold what should not
 * be kept, and without a header of the client's.
 */
export function accessLog(log: Log): (exchange: Exchange) => void {
  return function logAccess({ req, res, path, startedAt, address, user, requestId, bytes }) {
    const duration = Math.round((performance.now() - startedAt) * 10) / 10;
    const line = { method: req.method, path, status: res.statusCode, bytes, duration, user, requestId, address };
    log.info(line, 'request');
  };
}
