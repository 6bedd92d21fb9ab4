import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Client } from '../support/http.ts';
import type { Instance } from './fleet.ts';

/**
 * What is promised within a second is waited for so long: the machines that run this are busy, and what never comes
 * does not come later either.
 */
export const promised = 5_000;

/** Resolves with how long it took until it holds; rejects after `ms`. */
export async function until(holds: () => Promise<boolean>, what: string, ms = promised): Promise<number> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error(`not within ${ms} ms: ${what}`);
    await wait(10);
  }
  return performance.now() - from;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A call of the API of one instance. */
export function call(
  { address, prefix }: Pick<Instance, 'address' | 'prefix'>,
  path: string,
  { method = 'GET', token, body }: { method?: string; token?: string; body?: unknown } = {},
): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : bearer(token);
  if (body !== undefined) headers['content-type'] = 'application/json';
  return fetch(`${address}${prefix}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** An answer's JSON, when it has the status that is expected. */
export async function answered(response: Response, status: number): Promise<Record<string, unknown>> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  const read: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof read !== 'object' || read === null) throw new Error(`${response.url} answered ${text}`);
  return Object.fromEntries(Object.entries(read));
}

export async function signIn(one: Client, prefix: string, username: string, password: string): Promise<void> {
  const response = await one.form(`${prefix}/login`, { username, password });
  if (response.status !== 303) throw new Error(`the sign-in answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

/** An access token of somebody who signs in with name and password. */
export async function logIn(at: Instance, username: string, password: string): Promise<string> {
  const { token } = await answered(await call(at, '/login', { method: 'POST', body: { username, password } }), 200);
  return String(token);
}

/** Whom an instance takes a request for: the name, or the status of its refusal. */
export async function whoIs(at: Instance, credential: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(`${at.address}${at.prefix}/api/v1/session`, { headers: credential });
  const text = await response.text();
  return response.status === 200 ? `${JSON.parse(text).user} ${JSON.parse(text).role}` : String(response.status);
}

/** A WebSocket to the service behind a gateway, once it is open. */
export async function openSocket(address: string, headers: Readonly<Record<string, string>>): Promise<WebSocket> {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/socket`, { headers: { origin: address, ...headers } });
  await once(socket, 'message');
  return socket;
}

/** Resolves with what the work gives; rejects when that takes longer than `ms`. */
export async function within<T>(work: Promise<T>, what: string, ms = promised): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
