import { own } from './attacker.ts';
import type { Front } from './fronts.ts';
import { requestOf, send } from './raw.ts';

/** The front proxies that forward-auth answers. */
export const proxies = ['nginx', 'traefik', 'caddy', 'envoy'] as const;
export type Proxy = (typeof proxies)[number];

/** A request of a client, byte for byte: `lines` are its headers, without those that frame a body. */
export type Original = Readonly<{ target: string; lines?: readonly string[]; method?: string }>;

const isHost = (line: string): boolean => /^host:/i.test(line);

/** The question that a front proxy asks about a request of a client, as bytes: with the client's headers, and its own behind them. */
export function questionOf(proxy: Proxy, { target, lines = [], method = 'GET' }: Original): Buffer {
  const host = lines.find(isHost)?.replace(/^host: */i, '') ?? 'localhost';
  const others = lines.filter((line) => !isHost(line));
  if (proxy === 'envoy') return requestOf(`${own}/verify/envoy${target}`, [`Host: ${host}`, ...others], method);
  const forwarded = [`X-Forwarded-Uri: ${target}`, `X-Forwarded-Method: ${method}`, `X-Forwarded-Host: ${host}`];
  const original = [`X-Original-URI: ${target}`, `X-Original-Method: ${method}`];
  const added = proxy === 'nginx' ? original : [...forwarded, 'X-Forwarded-Proto: http'];
  return requestOf(`${own}/verify/${proxy}`, [
    `Host: ${proxy === 'traefik' ? 'localhost' : host}`,
    ...others,
    ...added,
  ]);
}

/** What a front proxy is told, in the terms of the gateway's own answers. */
export type Verdict = Readonly<{
  /** As the gateway would answer: 303 for a redirect to the sign-in page, and what nginx cannot pass on as it is meant. */
  status: number;
  code: string | undefined;
  location: string | undefined;
  /** Who the service is told is asking, '' for nobody; undefined when the request does not pass. */
  user: string | undefined;
  text: string;
}>;

/** The code of a refusal, in JSON or on a page. */
export const codeIn = (text: string): string | undefined => /(?:"code":"|<code>)(?<code>\w+)/.exec(text)?.groups?.code;

/** Asks about a request of a client. */
export async function ask(front: Front, proxy: Proxy, original: Original): Promise<Verdict> {
  const { status, text } = await send(front, questionOf(proxy, original));
  const told = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const location = told(/^(?:x-gatewarden-)?location: (.*)\r$/im);
  const meant = Number(told(/^x-gatewarden-status: (\d+)\r$/im) ?? status);
  return {
    status: location === undefined ? meant : 303,
    code: codeIn(text),
    location,
    user: status === 200 ? told(/^x-forwarded-user: ?(.*)\r$/im) : undefined,
    text,
  };
}
