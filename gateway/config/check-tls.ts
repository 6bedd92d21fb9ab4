import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RouteContext } from './route-context.ts';
import type { RouteInput } from './schema.ts';

type Parts = Partial<RouteInput>;

/** Checks the TLS options of a route: that they have an effect, that the files are there, and that certificate and key fit. */
export function checkTls({ tls, upstream: targets = [] }: Parts, context: RouteContext): void {
  const { complain, warn, file, path } = context;
  if (tls === undefined) return;
  if (targets.length > 0 && !targets.some((target) => /^(https|h2s):/.test(target)))
    complain(['tls'], 'tls: has no effect, since no target is https or h2s');
  if (tls.verify === false) {
    const place = file.placeOf([...path, 'tls', 'verify']);
    warn(
      place,
      `verify: the certificates of ${targets.join(', ')} are not checked: who is on the network can pose as them`,
    );
  }
  checkAuthorities(tls.ca, context);
  checkPair(tls, context);
}

function checkAuthorities(ca: string | undefined, context: RouteContext): void {
  const pem = pemOf(ca, 'ca', context);
  if (pem !== undefined && read(() => new X509Certificate(pem)) === undefined)
    context.complain(['tls', 'ca'], `ca: ${ca} holds no certificate in PEM`);
}

function checkPair({ cert, key }: NonNullable<RouteInput['tls']>, context: RouteContext): void {
  const { complain } = context;
  if (cert !== undefined && key === undefined) complain(['tls', 'cert'], 'cert: needs its private key in key');
  if (key !== undefined && cert === undefined) complain(['tls', 'key'], 'key: needs its certificate in cert');
  const [certPem, keyPem] = [pemOf(cert, 'cert', context), pemOf(key, 'key', context)];
  const certificate = certPem === undefined ? undefined : read(() => new X509Certificate(certPem));
  const privateKey = keyPem === undefined ? undefined : read(() => createPrivateKey(keyPem));
  if (certPem !== undefined && certificate === undefined)
    complain(['tls', 'cert'], `cert: ${cert} holds no certificate in PEM`);
  if (keyPem !== undefined && privateKey === undefined)
    complain(['tls', 'key'], `key: ${key} holds no private key in PEM without a passphrase`);
  if (certificate !== undefined && privateKey !== undefined && !fits(certificate, privateKey))
    complain(['tls', 'key'], `key: ${key} is not the private key of the certificate in ${cert}`);
}

const fits = (certificate: X509Certificate, key: KeyObject): boolean =>
  read(() => certificate.checkPrivateKey(key)) === true;

/** The text of a PEM file; undefined when none is named, or it cannot be read. */
function pemOf(named: string | undefined, name: string, { folder, complain }: RouteContext): string | undefined {
  if (named === undefined) return undefined;
  try {
    return readFileSync(resolve(folder, named), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    complain(['tls', name], `${name}: ${named} cannot be read (${code})`);
    return undefined;
  }
}

/** The result of a parser of OpenSSL, whose errors name no place that helps. */
function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
