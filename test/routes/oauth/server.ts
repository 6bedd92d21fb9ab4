import { createServer } from 'node:http';
import express from 'express';
import type { Gatewarden, Options } from 'gatewarden';
import { testGate } from 'gatewarden/testing';
import { freePort } from '../../support/ports.ts';

export const password = 'a lamp among quiet herons';

export type Json = Record<string, unknown>;

/** What an OAuth endpoint answered. */
export type Answered = Readonly<{ status: number; headers: Headers; body: Json }>;

export type ClientSecret = Readonly<{ id: string; secret: string }>;

/** Our routes below `/auth` of an Express app on a real socket, with the metadata at the root of the host. */
export interface AuthorizationServer extends AsyncDisposable {
  readonly gate: Gatewarden;
  readonly issuer: string;
  /** Makes a client. Default: a viewer that holds no scope. */
  client(id: string, more?: { role?: string; scopes?: string[] }): Promise<ClientSecret>;
  /** Posts a form to an endpoint as a program does: no page of ours, so no Origin. */
  post(path: string, form: Form, headers?: Record<string, string>): Promise<Answered>;
  /** Signs a user in by the JSON API. */
  signIn(username: string): Promise<Readonly<{ token: string; refresh_token: string }>>;
}

export type Form = Record<string, string> | string;

export const basic = ({ id, secret }: ClientSecret): Record<string, string> => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
});

const bodyOf = (text: string): Json => (text === '' ? {} : (JSON.parse(text) as Json));

export async function authorizationServer(options: Options = {}): Promise<AuthorizationServer> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const issuer = `${address}/auth`;
  const { gate } = await testGate({ issuer, ...options });
  const app = express();
  app.use('/auth', gate.router());
  app.use(gate.wellKnown());
  app.use((_req, res) => void res.status(404).send('the app'));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  async function post(path: string, form: Form, headers: Record<string, string> = {}): Promise<Answered> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = String(new URLSearchParams(form));
    const answer = await fetch(`${issuer}${path}`, { method: 'POST', headers: { ...type, ...headers }, body });
    return { status: answer.status, headers: answer.headers, body: bodyOf(await answer.text()) };
  }

  return {
    gate,
    issuer,
    post,
    async client(clientId, more = {}) {
      const made = await gate.clients.create({ clientId, name: clientId, ...more });
      if (!made.ok) throw new Error(JSON.stringify(made.refusal));
      return { id: clientId, secret: made.value.secret };
    },
    async signIn(username) {
      const answer = await fetch(`${issuer}/api/v1/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      return (await answer.json()) as { token: string; refresh_token: string };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gate.close();
    },
  };
}
