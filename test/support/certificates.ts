import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.ts';

/** A certificate and the authority that signed it, as files in PEM. */
export interface Certificate {
  readonly authority: string;
  readonly key: string;
  readonly cert: string;
  /** The same, as `node:tls` takes it. */
  readonly options: Readonly<{ key: Buffer; cert: Buffer }>;
}

async function request(...args: readonly string[]): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const made = await run('openssl', ['req', '-x509', ...key, ...args]);
  if (made.code !== 0) throw new Error(`openssl ended with ${made.code}:\n${made.stderr}`);
}

/** Makes an authority of a test's own and a certificate that it signs, in a folder; `name` is whom it is for. */
export async function certificateIn(folder: string, name = 'IP:127.0.0.1'): Promise<Certificate> {
  const file = (name: string) => join(folder, name);
  const [authority, authorityKey] = [file('ca.pem'), file('ca-key.pem')];
  const [key, cert] = [file('key.pem'), file('cert.pem')];
  await request('-subj', '/CN=authority of a test', '-keyout', authorityKey, '-out', authority);
  const names = ['-addext', `subjectAltName=${name}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const signed = ['-CA', authority, '-CAkey', authorityKey];
  await request('-subj', '/CN=store of a test', ...names, ...signed, '-keyout', key, '-out', cert);
  return { authority, key, cert, options: { key: readFileSync(key), cert: readFileSync(cert) } };
}
