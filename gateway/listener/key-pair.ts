import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Settings } from 'gatewarden';
import { SettingsError } from '#settings';
import { tls } from '../http2.ts';

/** The files of the certificate and its key, in PEM. */
export type TlsFiles = Readonly<{ cert: string; key: string }>;

/** A certificate with its key, as `node:tls` takes them. */
export type KeyPair = Readonly<{ cert: Buffer; key: Buffer }>;

/**
 * The certificate that the settings name; undefined without TLS.
 * @throws SettingsError as `readKeyPair`
 */
export function readTls({ tlsCert, tlsKey }: Pick<Settings, 'tlsCert' | 'tlsKey'>): KeyPair | undefined {
  return tlsCert === undefined || tlsKey === undefined ? undefined : readKeyPair({ cert: tlsCert, key: tlsKey });
}

/**
 * Reads a certificate and its key.
 * @throws SettingsError when one cannot be read or is no PEM, or when they do not belong together
 */
export function readKeyPair({ cert, key }: TlsFiles): KeyPair {
  const pair = { cert: read('TLS_CERT', cert), key: read('TLS_KEY', key) };
  const problem = certificateProblem(pair.cert, cert) ?? pairProblem(pair, { cert, key });
  if (problem !== undefined) throw new SettingsError([problem]);
  return pair;
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SettingsError([`GATEWARDEN_${setting}: ${file} cannot be read`], { cause: error });
  }
}

function certificateProblem(cert: Buffer, file: string): string | undefined {
  try {
    new X509Certificate(cert);
    return undefined;
  } catch {
    return `GATEWARDEN_TLS_CERT: ${file} holds no certificate in PEM`;
  }
}

function pairProblem(pair: KeyPair, files: TlsFiles): string | undefined {
  try {
    tls().createSecureContext(pair);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' || code === 'ERR_OSSL_X509_KEY_TYPE_MISMATCH')
      return `GATEWARDEN_TLS_KEY: ${files.key} is not the key of the certificate in ${files.cert}`;
    return `GATEWARDEN_TLS_KEY: ${files.key} holds no private key in PEM that is readable without a passphrase`;
  }
}
