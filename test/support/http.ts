import { connect } from 'node:net';

/** Sends these very bytes and gives all that comes back until the other side closes, or `ms` pass. */
export function rawRequest(port: number, bytes: string | Buffer, ms = 3000): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  let heard = '';
  const timer = setTimeout(() => socket.destroy(), ms);
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(timer);
    resolve(heard);
  });
  return promise;
}

/** Cookies by name, as a browser would keep them for one origin. */
export interface CookieJar {
  readonly header: string;
  get(name: string): string | undefined;
  keep(response: Response): void;
}

export function cookieJar(): CookieJar {
  const kept = new Map<string, string>();
  function set(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const gone = attributes.some((one) => /^\s*(max-age=0|expires=.*1970.*)$/i.test(one));
    if (gone) kept.delete(pair.slice(0, at).trim());
    else kept.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  return {
    get header() {
      return [...kept].map(([name, value]) => `${name}=${value}`).join('; ');
    },
    get: (name) => kept.get(name),
    keep: (response) => response.headers.getSetCookie().forEach(set),
  };
}

export interface Client {
  readonly jar: CookieJar;
  /** Sends the jar's cookies, keeps what is set, follows no redirect; `Origin` is our own unless given. */
  send(path: string, init?: RequestInit): Promise<Response>;
  form(path: string, fields: Record<string, string>): Promise<Response>;
  json(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

/** A client for one origin, such as `http://127.0.0.1:8080`. */
export function client(base: string, jar: CookieJar = cookieJar()): Client {
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (jar.header !== '') headers.set('cookie', jar.header);
    if (!headers.has('origin') && !/^(GET|HEAD)$/.test(init.method ?? 'GET')) headers.set('origin', base);
    const response = await fetch(new URL(path, base), { ...init, headers, redirect: 'manual' });
    jar.keep(response);
    return response;
  }
  return {
    jar,
    send,
    form: (path, fields) => send(path, { method: 'POST', body: new URLSearchParams(fields) }),
    json(path, body, init = {}) {
      const headers = new Headers(init.headers);
      headers.set('content-type', 'application/json');
      return send(path, { method: 'POST', ...init, headers, body: JSON.stringify(body) });
    },
  };
}
