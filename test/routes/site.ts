import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Gatewarden, gatewarden, type Options } from 'gatewarden';
import { temporaryFolder } from '../support/folders.ts';
import { type Client, client } from '../support/http.ts';

export const password = 'correct horse battery staple';

/** Our routes below `/auth` in a real Express app on a real socket, over embedded storage. */
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

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export async function site(options: Options = {}): Promise<Site> {
  const data = await temporaryFolder();
  const gate = await gatewarden({ dataDir: data.path, ...options }, { log: quiet });
  const app = express();
  app.use('/auth', gate.router());
  app.get('/', (_req, res) => void res.send('home'));
  const server = await listening(createServer(app));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const make = (username: string, role: string) => gate.users.create({ username, password, role });

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
      await data[Symbol.asyncDispose]();
    },
  };
}

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** A problem's code, or the status where there is none. */
export async function codeOf(response: Response): Promise<string> {
  const problem = (await response.json()) as { code?: string };
  return `${response.status} ${problem.code}`;
}
