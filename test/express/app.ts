import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type TestGate, testGate } from 'gatewarden/testing';

export type Answered = {
  status: number;
  code: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  text: string;
};
type Asked = { method?: string; headers?: Record<string, string> };
export type App = TestGate & {
  url: string;
  ask(path: string, init?: Asked): Promise<Answered>;
  close(): Promise<void>;
};

/** An Express app guarded by a gate of its own, listening on loopback. */
export async function startApp(
  build: (app: express.Express, made: TestGate) => void,
  options: Parameters<typeof testGate>[0] = {},
): Promise<App> {
  const made = await testGate({ scopes: 'deploy:write=operator,read:things', ...options });
  const app = express();
  build(app, made);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...made,
    url,
    ask: (path, init = {}) => ask(url, path, init),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await made.gate.close();
    },
  };
}

/** With node:http, which sends path and headers as they are given. */
async function ask(url: string, path: string, { method = 'GET', headers = {} }: Asked): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const sent = request(url, { path, method, headers, agent: false }, async (response) => {
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const isProblem = response.headers['content-type']?.startsWith('application/problem+json') ?? false;
    const code = isProblem ? String(JSON.parse(text).code) : undefined;
    resolve({ status: response.statusCode ?? 0, code, headers: response.headers, text });
  });
  sent.on('error', reject).end();
  return promise;
}
