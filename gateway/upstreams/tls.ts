import { readFileSync } from 'node:fs';
import { SettingsError } from '#settings';
import type { UpstreamTls } from '../config/route-config.ts';

/** Options of a TLS connection to a target, as `node:tls` takes them. */
export type TlsOptions = Readonly<{
  ca?: string[];
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
}>;

/** TLS to an upstream without a choice of its own: `ca` is a PEM file of authorities besides the system's. */
export const verifiedTls = (ca: string | undefined): UpstreamTls => ({
  ca,
  cert: undefined,
  key: undefined,
  serverName: undefined,
  verify: true,
});

/**
 * Reads the files of an upstream's TLS options.
 * @throws SettingsError when one cannot be read
 */
export function tlsOptions({ ca, cert, key, serverName, verify }: UpstreamTls): TlsOptions {
  return {
    ...(ca === undefined ? {} : { ca: authoritiesFor(ca) }),
    ...(cert === undefined ? {} : { cert: readPem(cert) }),
    ...(key === undefined ? {} : { key: readPem(key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(verify ? {} : { rejectUnauthorized: false }),
  };
}

/**
 * The system's certificate authorities and those of a PEM file. Node's TLS is loaded on demand: only an https upstream needs it.
 * @throws SettingsError when the file cannot be read
 */
export function authoritiesFor(file: string): string[] {
  const authorities = readPem(file);
  return [...process.getBuiltinModule('node:tls').getCACertificates('default'), authorities];
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError([`${file}, a file of TLS to the upstream, cannot be read`], { cause: error });
  }
}
