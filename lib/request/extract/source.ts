import { hash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { canonicalAddress, networks } from '../../net/addresses.ts';
import { clientAddress, forwardedProto, isForwardedSyntax } from './forwarded.ts';
import type { RequestHead } from './head.ts';
import { type Host, hostParser } from './host.ts';
import { countOf, hasForwardingHeader } from './raw-headers.ts';

/** The client and the host of a request, as trusted proxies report them. */
export type RequestSource = Readonly<{
  /** The client's address, IPv4-mapped addresses unwrapped. */
  address: string;
  /** Socket peer, unwrapped. */
  peer: string;
  /** The peer is one of `TRUSTED_PROXIES`. */
  trusted: boolean;
  /** A header that proxies send was present (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`, `Via`, `CF-*`). */
  forwarded: boolean;
  proto: 'http' | 'https';
  /** As sent (or as forwarded by a trusted proxy), port included. */
  host: string;
  /** Lower case, no port, no trailing dot, no brackets. */
  hostname: string;
  /** The request was made at `ADMIN_URL`. */
  admin: boolean;
}>;

/** Why the source of a request cannot be determined; answered with 400. */
export type Unreadable = Readonly<{ malformed: string; code: 'ambiguous_path' | 'validation_failed' }>;

type Peer = Readonly<{ address: string; trusted: boolean; proto: 'http' | 'https' }>;
type Sent = Readonly<{ address: string; proto: 'http' | 'https'; host: Host }>;

const unreadable = (malformed: string): Unreadable => ({ malformed, code: 'validation_failed' });
/** The request names two hosts. */
const ambiguous = (malformed: string): Unreadable => ({ malformed, code: 'ambiguous_path' });

/**
 * Creates the function that determines the source of a request.
 * - `trustedProxies`: CIDRs of the peers whose `X-Forwarded-For`, `-Proto` and `-Host` are trusted;
 * - `proxySecret`: the secret that such a peer must send in `X-Gatewarden-Proxy-Secret`;
 * - `publicUrl`: the public URL; decides scheme, host and port of requests for its host name;
 * - `adminUrl`: the same for the account and admin pages. Where both have one host name, the port tells them apart.
 *
 * An invalid forwarding header of a trusted peer refuses the request. Those of other peers are ignored.
 * @throws TypeError for an invalid CIDR or URL
 */
export function sourceReader(options: {
  trustedProxies?: readonly string[] | undefined;
  proxySecret?: string | undefined;
  publicUrl?: string | undefined;
  adminUrl?: string | undefined;
  /** Called with the address of a peer that is not trusted and sends forwarding headers: they are ignored. */
  onIgnored?: ((peer: string) => void) | undefined;
}): (req: RequestHead) => RequestSource | Unreadable {
  const isTrusted = networks(options.trustedProxies ?? []);
  const knowsSecret = secretCheck(options.proxySecret);
  const clientIn = remembering((list) => clientAddress(list, isTrusted));
  const isAddress = remembering((text) => canonicalAddress(text.trim()) !== undefined);
  const parseHost = hostParser();
  const siteOf = announcedSites(options);
  const peers = new WeakMap<Socket, Peer>();

  function peerOf(socket: Socket): Peer {
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const address = canonicalAddress(socket.remoteAddress ?? '') ?? '';
    const encrypted = 'encrypted' in socket && socket.encrypted === true;
    const peer: Peer = { address, trusted: isTrusted(address), proto: encrypted ? 'https' : 'http' };
    // A closed socket has no address any more: do not remember that.
    if (address !== '') peers.set(socket, peer);
    return peer;
  }

  function sentTo(req: RequestHead, peer: Peer): Host | Unreadable {
    if (countOf(req.rawHeaders, 'host') > 1) return ambiguous('There is more than one Host header.');
    const host = parseHost(req.headers.host ?? '');
    if (host === undefined) return unreadable('The Host header cannot be read.');
    const proto = siteOf(host)?.proto ?? peer.proto;
    return targetNames(req.url ?? '', host, proto)
      ? host
      : ambiguous('The target and the Host header name different hosts.');
  }

  /** RFC 9112, 3.2.2: an absolute target carries a host of its own. */
  function targetNames(target: string, host: Host, proto: 'http' | 'https'): boolean {
    if (target.startsWith('/') || target === '*') return true;
    const [, scheme, authority = ''] = /^(https?):\/\/([^/?#]*)/i.exec(target) ?? [];
    const named = parseHost(authority);
    const wanted = named === undefined ? undefined : withPort(named.host, portOf(scheme?.toLowerCase()));
    return wanted === withPort(host.host, portOf(proto));
  }

  function forwardedSource(req: RequestHead, peer: Peer, direct: Host): Sent | Unreadable {
    const { headers } = req;
    const list = headers['x-forwarded-for'];
    const address = list === undefined ? peer.address : clientIn(textOf(list));
    if (address === undefined) return unreadable('X-Forwarded-For cannot be read.');
    const scheme = headers['x-forwarded-proto'];
    const proto = scheme === undefined ? peer.proto : forwardedProto(textOf(scheme));
    if (proto === undefined) return unreadable('X-Forwarded-Proto cannot be read.');
    const name = headers['x-forwarded-host'];
    const host = name === undefined ? direct : parseHost(textOf(name));
    if (host === undefined) return unreadable('X-Forwarded-Host cannot be read.');
    return unusable(headers, isAddress) ?? { address, proto, host };
  }

  return function readSource(req) {
    const peer = peerOf(req.socket);
    const direct = sentTo(req, peer);
    if ('malformed' in direct) return direct;
    const forwarded = hasForwardingHeader(req.rawHeaders);
    const trusted = peer.trusted && knowsSecret(req);
    if (forwarded && !trusted) options.onIgnored?.(peer.address);
    const sent =
      trusted && forwarded
        ? forwardedSource(req, peer, direct)
        : { address: peer.address, proto: peer.proto, host: direct };
    if ('malformed' in sent) return sent;
    const site = siteOf(sent.host);
    return {
      address: sent.address,
      peer: peer.address,
      trusted,
      forwarded,
      proto: site?.proto ?? sent.proto,
      host: site?.host ?? sent.host.host,
      hostname: sent.host.hostname,
      admin: site?.admin === true,
    };
  };
}

/** These headers are not used, but a trusted proxy that sends invalid values in them is misconfigured. */
function unusable(headers: RequestHead['headers'], isAddress: (text: string) => boolean): Unreadable | undefined {
  const real = headers['x-real-ip'];
  if (real !== undefined && !isAddress(textOf(real))) return unreadable('X-Real-IP cannot be read.');
  const { forwarded } = headers;
  return forwarded === undefined || isForwardedSyntax(forwarded) ? undefined : unreadable('Forwarded cannot be read.');
}

const mostRemembered = 1000;
const longestRemembered = 128;

/** Caches a function of a text: a proxy sends the same addresses again and again. Its size is bounded, since clients choose the texts. */
function remembering<T>(read: (text: string) => T): (text: string) => T {
  const results = new Map<string, T>();
  return function remembered(text) {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = read(text);
    if (text.length > longestRemembered) return result;
    if (results.size >= mostRemembered) results.clear();
    results.set(text, result);
    return result;
  };
}

const textOf = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join(','));

const portOf = (proto: string | undefined): string => (proto === 'https' ? ':443' : ':80');

const withPort = (host: string, port: string): string => (/:\d+$/.test(host) ? host : host + port);

/** A site that the settings name: the address that people use, whatever scheme and port arrive here. */
type Site = Host & Readonly<{ proto: 'http' | 'https'; admin: boolean }>;

function siteAt(address: string, admin: boolean): Site {
  const url = new URL(address);
  const parsed = hostParser()(url.host);
  if (parsed === undefined) throw new TypeError(`"${address}" is not the address of a site`);
  return { ...parsed, proto: url.protocol === 'https:' ? 'https' : 'http', admin };
}

/** Returns the function that finds the site of a host. Only sites that share a host name are told apart by their port. */
function announcedSites({ publicUrl, adminUrl }: { publicUrl?: string | undefined; adminUrl?: string | undefined }) {
  const people = publicUrl === undefined ? undefined : siteAt(publicUrl, false);
  const admin = adminUrl === undefined ? undefined : siteAt(adminUrl, true);
  const whole = ({ host }: Host, { proto }: Site): string => withPort(host, portOf(proto)).replace(/\.(?=:\d+$)/, '');

  return function siteOf(host: Host): Site | undefined {
    if (admin === undefined || host.hostname !== admin.hostname)
      return host.hostname === people?.hostname ? people : undefined;
    if (people?.hostname !== admin.hostname || whole(host, admin) === whole(admin, admin)) return admin;
    return people;
  };
}

/**
 * Compares digests, so that the time reveals neither the secret nor its length. A connection that has sent the secret is
 * compared with what it sent before.
 */
function secretCheck(secret: string | undefined): (req: RequestHead) => boolean {
  if (secret === undefined) return () => true;
  const expected = hash('sha256', secret, 'buffer');
  const accepted = new WeakMap<Socket, string>();
  return function knowsSecret(req) {
    const sent = req.headers['x-gatewarden-proxy-secret'];
    if (typeof sent !== 'string') return false;
    if (accepted.get(req.socket) === sent) return true;
    const isKnown = timingSafeEqual(hash('sha256', sent, 'buffer'), expected);
    if (isKnown) accepted.set(req.socket, sent);
    return isKnown;
  };
}

/**
 * Creates the test whether a trusted proxy sent a request: a peer in `trustedProxies`, which knows `proxySecret` where one is set.
 * @throws TypeError for an invalid CIDR
 */
export function trustedSender(options: {
  trustedProxies?: readonly string[] | undefined;
  proxySecret?: string | undefined;
}): (req: RequestHead) => boolean {
  const isTrusted = networks(options.trustedProxies ?? []);
  const knowsSecret = secretCheck(options.proxySecret);
  const peers = new WeakMap<Socket, boolean>();

  function isTrustedPeer(socket: Socket): boolean {
    const known = peers.get(socket);
    if (known !== undefined) return known;
    const address = canonicalAddress(socket.remoteAddress ?? '');
    const trusted = address !== undefined && isTrusted(address);
    // A closed socket has no address any more: do not remember that.
    if (address !== undefined) peers.set(socket, trusted);
    return trusted;
  }

  return (req) => isTrustedPeer(req.socket) && knowsSecret(req);
}
