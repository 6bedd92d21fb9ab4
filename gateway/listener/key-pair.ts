import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Settings } from 'gatewarden';
import { SettingsError } from '#settings';
import { tls } from '../http2.ts';

/** The files of the certificate and its key, in PEM. */
export type TlsFiles = Readonly<{ cert: string; key: string }>;

/** A certificate with its key, as `node:tls` takes them. */
export type KeyPair = Readonly<{ cert: Buffer; key: Buffer }>;

/** The files that the settings name; undefined without TLS. */
export const tlsFilesOf = ({ tlsCert, tlsKey }: Pick<Settings, 'tlsCert' | 'tlsKey'>): TlsFiles | undefined =>
  tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey };

/**
 * Reads a certificate and its key.
 * @throws SettingsError when one cannot be read or is no PEM, or when they do not belong together
 */
export function readKeyPair({ cert, key }: TlsFiles): KeyPair {
  const pair = { cert: read('TLS_CERT', cert), key: read('TLS_KEY', key) };
  const problem = certificateProblem(pair.cert, cert) ?? keyProblem(pair, { cert, key });
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

const ofAnother = new Set(['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'ERR_OSSL_X509_KEY_TYPE_MISMATCH']);

function keyProblem(pair: KeyPair, files: TlsFiles): string | undefined {
  try {
    tls().createSecureContext(pair);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return ofAnother.has(code)
      ? `GATEWARDEN_TLS_KEY: ${files.key} is not the key of the certificate in ${files.cert}`
      : `GATEWARDEN_TLS_KEY: ${files.key} holds no private key in PEM that is readable without a passphrase`;
  }
}

/** What browsers refuse in a certificate although it can be served: a sentence each. `now`: milliseconds since the epoch. */
export function certificateWarnings(
  { cert }: KeyPair,
  { publicUrl }: Pick<Settings, 'publicUrl'>,
  now: number,
): readonly string[] {
  const certificate = new X509Certificate(cert);
  const { validFrom, validTo } = certificate;
  const host = publicUrl === undefined ? undefined : new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  const warnings = [
    Date.parse(validTo) < now && `TLS_CERT: the certificate has expired: it was valid until ${validTo}`,
    Date.parse(validFrom) > now && `TLS_CERT: the certificate is valid from ${validFrom}`,
    host !== undefined &&
      (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined &&
      `TLS_CERT: the certificate does not name ${host}, the host of PUBLIC_URL`,
  ];
  return warnings.filter((one) => one !== false);
}

/** Whom a certificate is for and how long it is valid, for people. */
export function describeCertificate({ cert }: KeyPair): Readonly<{ names: string; validUntil: string }> {
  const { subject, subjectAltName, validTo } = new X509Certificate(cert);
  return { names: subjectAltName ?? subject ?? '', validUntil: new Date(validTo).toISOString() };
}
