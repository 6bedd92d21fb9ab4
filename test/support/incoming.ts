import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

export type Sent = Readonly<{
  method?: string;
  url?: string;
  /** In order, doubled ones too. Default: `Host: localhost`. */
  headers?: readonly (readonly [name: string, value: string])[];
  peer?: string;
  encrypted?: boolean;
}>;

/** A request as Node's server hands it over, with these raw headers; Node itself works out `headers`. */
export function incoming(sent: Sent = {}): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: sent.peer ?? '127.0.0.1' });
  if (sent.encrypted === true) Object.defineProperty(socket, 'encrypted', { value: true });
  const req = new IncomingMessage(socket);
  req.method = sent.method ?? 'GET';
  req.url = sent.url ?? '/';
  const raw = (sent.headers ?? [['Host', 'localhost']]).flat();
  const add: unknown = Reflect.get(req, '_addHeaderLines');
  if (typeof add !== 'function') throw new Error('this Node fills its requests in another way');
  add.call(req, raw, raw.length);
  return req;
}
