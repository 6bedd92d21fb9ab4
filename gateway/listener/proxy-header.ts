import { isIPv4, isIPv6 } from 'node:net';
import { canonicalAddress } from '#request';

/**
 * What the first bytes of a connection are: no PROXY header; the beginning of one; none that can be read; or one of `length`
 * bytes. `address`: the client's, undefined where the proxy speaks for itself (a health check) or does not know the client.
 */
export type ProxyHeader =
  | Readonly<{ kind: 'none' | 'incomplete' | 'malformed' }>
  | Readonly<{ kind: 'header'; length: number; address: string | undefined }>;

const none = { kind: 'none' } as const;
const incomplete = { kind: 'incomplete' } as const;
const malformed = { kind: 'malformed' } as const;

/** The longest header of version 1, and the most that is read of one of version 2. */
const longestText = 107;
const longestBinary = 4096;

const textSign = Buffer.from('PROXY ');
const binarySign = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/**
 * Reads the header of the PROXY protocol, version 1 (text) or 2 (binary), at the beginning of a connection. No request of HTTP
 * and no TLS handshake begins like one.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, textSign)) return bytes.length < textSign.length ? incomplete : readText(bytes);
  if (begins(bytes, binarySign)) return bytes.length < 16 ? incomplete : readBinary(bytes);
  return none;
}

/** Whether as much of the sign as there can be is there. */
function begins(bytes: Buffer, sign: Buffer): boolean {
  const length = Math.min(bytes.length, sign.length);
  return length > 0 && bytes.subarray(0, length).equals(sign.subarray(0, length));
}

const port = '(?:0|[1-9]\\d{0,4})';
const textPattern = new RegExp(`^PROXY (TCP4|TCP6) ([0-9a-fA-F:.]{2,45}) ([0-9a-fA-F:.]{2,45}) (${port}) (${port})$`);

/** `PROXY TCP4 203.0.113.7 192.0.2.1 51234 443`, or `PROXY UNKNOWN` with anything behind it; a line. */
function readText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, longestText).indexOf('\r\n');
  if (end === -1) return bytes.length < longestText ? incomplete : malformed;
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  if (line === 'PROXY UNKNOWN' || line.startsWith('PROXY UNKNOWN '))
    return { kind: 'header', length, address: undefined };
  const [, family, source = '', destination = '', from, to] = textPattern.exec(line) ?? [];
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  if (!isAddress(source) || !isAddress(destination) || Number(from) > 65_535 || Number(to) > 65_535) return malformed;
  return withAddress(length, source);
}

/** Twelve bytes of sign, version and command, family and protocol, length; then the addresses and extensions. */
function readBinary(bytes: Buffer): ProxyHeader {
  const [command, family, size] = [bytes[12], bytes[13], bytes.readUInt16BE(14)];
  const length = 16 + size;
  if ((command !== 0x20 && command !== 0x21) || length > longestBinary) return malformed;
  if (bytes.length < length) return incomplete;
  if (command === 0x20 || family === 0x00) return { kind: 'header', length, address: undefined };
  if (family === 0x11 && size >= 12) return withAddress(length, bytes.subarray(16, 20).join('.'));
  if (family === 0x21 && size >= 36) return withAddress(length, ipv6Of(bytes.subarray(16, 32)));
  return malformed;
}

function ipv6Of(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16));
  return groups.join(':');
}

function withAddress(length: number, text: string): ProxyHeader {
  const address = canonicalAddress(text);
  return address === undefined ? malformed : { kind: 'header', length, address };
}
