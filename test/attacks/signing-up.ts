import { equal } from 'node:assert/strict';
import type { Options } from 'gatewarden';
import type { Reply } from './attacker.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

export const api = (path: string) => `${own}/api/v1/${path}`;
export const unusable = '400 validation_failed';

export type Body = Readonly<Record<string, unknown>>;
export type Headers = Readonly<Record<string, string>>;

export const signUp = (front: Front, body: Body, headers: Headers = {}): Promise<Reply> =>
  front.json('POST', api('signup'), { password, ...body }, headers);

/** The status, the code and the fields of a refusal. */
export function outcome({ status, code, text }: Reply): string {
  if (code === undefined) return String(status);
  const { errors = [] } = JSON.parse(text) as { errors?: { field: string }[] };
  return [status, code, ...errors.map(({ field }) => field)].join(' ');
}

/** With an admin, so that sign-up is not closed. */
export async function opened(options: Options = {}): Promise<Besieged> {
  const here = await besieged({ signup: 'open', trustedProxies: '127.0.0.1', ...options });
  await here.addUser('boss', { role: 'admin' });
  return here;
}

/** A proxy that is believed lends each request the address it names. */
export const from = (address: string): Headers => ({ 'x-forwarded-for': address });
export const frontAt = ({ fronts, gateway }: Besieged, at: number): Front => fronts[at % fronts.length] ?? gateway;

export async function bearerOf(here: Besieged, username: string): Promise<Headers> {
  const reply = await here.gateway.json('POST', api('login'), { username, password });
  return { authorization: `Bearer ${(JSON.parse(reply.text) as { token: string }).token}` };
}

export async function made(here: Besieged, path: string, body: Body, by: Headers): Promise<Record<string, string>> {
  const reply = await here.gateway.json('POST', api(path), body, by);
  equal(reply.status, 201, reply.text);
  return JSON.parse(reply.text) as Record<string, string>;
}

export async function invite(here: Besieged, body: Body = {}, by?: Headers): Promise<string> {
  return (await made(here, 'invitations', body, by ?? (await bearerOf(here, 'boss')))).code ?? '';
}
