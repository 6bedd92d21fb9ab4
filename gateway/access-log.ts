import type { Log } from 'gatewarden';
import type { Exchange } from './exchange.ts';
import { answerNotes, ownBytes } from './own-answer.ts';

type Line = Partial<Record<string, string | number>>;

/**
 * Creates the access log: one line for each request, written when its answer is complete or broken off. A line holds neither
 * the query, which may have secrets, nor the client's headers; it names the route where there are several. `prefix`: the path of the health routes, whose lines have the
 * level `debug`.
 */
export function accessLog(log: Log, prefix: string): (exchange: Exchange) => void {
  const health = new Set([`${prefix}/healthz`, `${prefix}/readyz`]);
  return function logAccess(exchange) {
    const { req, res, path, startedAt, address, user, route, requestId, bytes } = exchange;
    const duration = Math.round((performance.now() - startedAt) * 10) / 10;
    const { statusCode: status } = res;
    const line: Line = { method: req.method, path, status, bytes, duration, user, requestId, address };
    if (route !== '') line.route = route;
    if (!exchange.own) return log.info(line, 'request');
    const level = status === 200 && health.has(path) ? 'debug' : 'info';
    log[level]({ ...line, bytes: ownBytes(exchange), ...answerNotes(res) }, 'request');
  };
}
