import { Agent, request } from 'node:http';

/** The path of our own pages, on every front. */
export const own = '/_gatewarden';
export const password = 'a lamp among quiet herons';

/** An answer; `code` is the problem's, or the error of OAuth. */
export type Reply = Readonly<{
  status: number;
  code: string | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  setCookie: readonly string[];
  text: string;
}>;

type Headers = Readonly<Record<string, string | readonly string[]>>;

export type Sent = Readonly<{ method?: string; headers?: Headers; body?: string | Buffer }>;

/** Somebody who sends what they like to one address: no header is added, none is tidied away. */
export interface Attacker {
  ask(target: string, sent?: Sent): Promise<Reply>;
  /** A form of our own page, unless `headers` say otherwise. */
  form(target: string, fields: Readonly<Record<string, string>> | string, headers?: Headers): Promise<Reply>;
  json(method: string, target: string, body: unknown, headers?: Headers): Promise<Reply>;
  /** The `Cookie` header of a new session, by the sign-in form. */
  signIn(username: string, headers?: Headers): Promise<string>;
  /** Who the API says one is, and by what. */
  whoami(headers: Headers): Promise<string>;
  /** An upgrade to a WebSocket: 101 is an open one. */
  socket(target: string, headers: Headers): Promise<Reply>;
  hangUp(): void;
}

/** As a browser sends it back: the pair alone. */
export const cookieIn = (reply: Reply): string => (reply.setCookie[0] ?? '').split(';', 1)[0] ?? '';

export function attacker(url: string): Attacker {
  const agent = new Agent({ keepAlive: true, maxSockets: 60 });

  function ask(target: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const { hostname, port } = new URL(url);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const all = Object.entries({ ...length, ...headers }).map(([name, value]) => [name, value] as [string, string]);
    const sent = request({ hostname, port, path: target, method, headers: Object.fromEntries(all), agent });
    sent.on('error', reject);
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(replyOf(response.statusCode, response.headers, ''));
    });
    sent.on('response', async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve(replyOf(response.statusCode, response.headers, text));
    });
    sent.end(body);
    return promise;
  }

  const form: Attacker['form'] = (target, fields, headers = { origin: url }) =>
    ask(target, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    });

  const json: Attacker['json'] = (method, target, body, headers = {}) =>
    ask(target, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  return {
    ask,
    form,
    json,
    async signIn(username, headers = {}) {
      const reply = await form(`${own}/login`, { username, password }, { origin: url, ...headers });
      if (reply.status !== 303) throw new Error(`signing in answered ${reply.status}`);
      return cookieIn(reply);
    },
    async whoami(headers) {
      const reply = await ask(`${own}/api/v1/session`, { headers });
      if (reply.status !== 200) return `${reply.status} ${reply.code}`;
      const { user, via } = JSON.parse(reply.text) as { user: string | null; via: string };
      return `${user} by ${via}`;
    },
    socket: (target, headers) =>
      ask(target, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      }),
    hangUp: () => agent.destroy(),
  };
}

function replyOf(status = 0, headers: Reply['headers'], text: string): Reply {
  const setCookie = [headers['set-cookie'] ?? []].flat();
  return { status, code: codeIn(headers, text), headers, setCookie, text };
}

function codeIn(headers: Reply['headers'], text: string): string | undefined {
  if (!/^application\/(problem\+)?json/.test(String(headers['content-type']))) return undefined;
  const { code, error } = JSON.parse(text) as { code?: string; error?: string };
  return code ?? error;
}
