import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Gatewarden, Options } from 'gatewarden';
import { testGate } from 'gatewarden/testing';
import { type Client, client } from '../support/http.ts';

export const password = 'a lamp among quiet herons';

/** Our routes below `/auth` in a real Express app on a real socket, over embedded storage in memory. */
export interface Site extends AsyncDisposable {
  readonly gate: Gatewarden;
  readonly address: string;
  /** Nobody, without cookies. */
  client(): Client;
  /** Makes the user, and signs them in by the form. */
  signedIn(username: string, role: string): Promise<Client>;
  /** The same, with an access token: `authorization` is the header's value. */
  bearer(username: string, role: string): Promise<{ authorization: string }>;
}

export async function site(options: Options = {}): Promise<Site> {
  const { gate } = await testGate(options);
  const app = express();
  app.use('/auth', gate.router());
  app.get('/', (_req, res) => void res.send('home'));
  const server = await listening(createServer(app));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const make = async (username: string, role: string) => {
    const made = await gate.users.create({ username, password, role });
    if (!made.ok) throw new Error(JSON.stringify(made.refusal));
  };

  return {
    gate,
    address,
    client: () => client(address),
    async signedIn(username, role) {
      await make(username, role);
      const one = client(address);
      await one.form('/auth/login', { username, password });
      return one;
    },
    async bearer(username, role) {
      await make(username, role);
      const answer = await client(address).json('/auth/api/v1/login', { username, password });
      const { token } = (await answer.json()) as { token: string };
      return { authorization: `Bearer ${token}` };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gate.close();
    },
  };
}

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Asks for a page as a browser does that goes there; `fetch` cannot say that it does. */
export async function navigate(address: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const sent = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none', ...headers };
  const [answer] = (await once(get(address, { headers: sent, agent: false }), 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
}

/** A problem's code, or the status where there is none. */
export async function codeOf(response: Response): Promise<string> {
  const problem = (await response.json()) as { code?: string };
  return `${response.status} ${problem.code}`;
}
