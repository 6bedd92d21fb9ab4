import symbols from 'undici/lib/core/symbols.js';

type HeadersComplete = (this: Parser, status: number, upgrade: boolean, keepAlive: boolean) => number;
type Parser = { onHeadersComplete: HeadersComplete; timeout: object | null };

const patched = new WeakSet<object>();

/**
 * Makes undici handle interim answers as RFC 9110, 15.2 requires: an unexpected 100 is ignored like any other, where undici
 * closes the connection, and none of them extends the timeout for the final one. Call it with a connected client; the first
 * call changes all clients.
 */
export function passOverInterimAnswers(client: object): void {
  const parser = parserOf(client);
  const prototype: unknown = parser && Object.getPrototypeOf(parser);
  if (!isParser(prototype) || patched.has(prototype)) return;
  patched.add(prototype);
  const original = prototype.onHeadersComplete;

  prototype.onHeadersComplete = function onHeadersComplete(status, upgrade, keepAlive) {
    if (status >= 200 || status === 101) return original.call(this, status, upgrade, keepAlive);
    const { timeout } = this;
    this.timeout = null;
    const result = original.call(this, 102, upgrade, keepAlive);
    this.timeout = timeout;
    return result;
  };
}

function parserOf(client: object): unknown {
  const socket: unknown = Reflect.get(client, symbols.kSocket);
  return typeof socket === 'object' && socket !== null ? Reflect.get(socket, symbols.kParser) : undefined;
}

const isParser = (value: unknown): value is Parser =>
  typeof value === 'object' &&
  value !== null &&
  'onHeadersComplete' in value &&
  typeof value.onHeadersComplete === 'function';
