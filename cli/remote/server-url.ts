import { usage } from '../exit.ts';

const usualPrefix = '/_gatewarden';

/**
 * Parses the URL of a server: `https://host[/prefix]`. Without a path the prefix is `/_gatewarden`. Returns it without a slash
 * at its end. `from` names where it was given, for the error (exit code 5).
 */
export function serverUrl(given: string, from: string): string {
  const url = URL.parse(given.trim());
  if (!url || !/^https?:$/.test(url.protocol)) throw bad(from, 'must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') throw bad(from, 'must not hold a name or a password');
  if (url.search !== '' || url.hash !== '') throw bad(from, 'must not hold a query or a fragment');
  return url.origin + (url.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '') || usualPrefix);
}

const bad = (from: string, what: string) =>
  usage(`${from}: the URL of a server ${what}, such as https://gate.example.com`);

/** Whether what is sent to this server can be read on the way: http to a host other than this machine. */
export function isReadable(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
