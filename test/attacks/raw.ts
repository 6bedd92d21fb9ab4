import type { Gatewarden, Principal } from 'gatewarden';
import { rawRequest } from '../support/http.ts';
import type { Front, Received } from './fronts.ts';

export type Heard = Readonly<{
  /** Of the first answer; 0 when the connection closed without one. */
  status: number;
  /** Of all answers, in order. */
  statuses: readonly number[];
  text: string;
  /** What got through to the service meanwhile. */
  received: readonly Received[];
}>;

/** Sends these very bytes to a front, on a connection of their own, until it closes. */
export async function send(front: Front, bytes: string | Buffer): Promise<Heard> {
  const before = front.received.length;
  const text = await rawRequest(front.port, bytes);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { status: statuses[0] ?? 0, statuses, text, received: front.received.slice(before) };
}

/** A request without a body, byte for byte (a character is a byte), after which the connection closes. */
export function requestOf(target: string, lines: readonly string[] = [], method = 'GET'): Buffer {
  const hosted = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost'];
  const head = [`${method} ${target} HTTP/1.1`, ...hosted, ...lines, 'Connection: close'];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
}

const program: Principal = { kind: 'user', id: '', name: 'tests', role: 'admin', scopes: [], via: 'command' };

/** Makes a user of this role: the header line that signs them in, by an API token. */
export async function bearerOf(gate: Gatewarden, username: string, role = 'user'): Promise<string> {
  const made = await gate.users.create({ username, role }, { principal: program });
  if (!made.ok) throw new Error(`no user ${username}: ${JSON.stringify(made.refusal)}`);
  const token = await gate.tokens.create(made.value.username, { name: 'test' }, { principal: program });
  if (!token.ok) throw new Error(`no token for ${username}: ${JSON.stringify(token.refusal)}`);
  return `Authorization: Bearer ${token.value.token}`;
}
