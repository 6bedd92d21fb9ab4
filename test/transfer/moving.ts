import { generateKeyPairSync } from 'node:crypto';
import { keyring } from '../../lib/crypto/keyring.ts';
import { secretBox } from '../../lib/crypto/secret-box.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import type { AnyKind, Identified, Kind } from '../../lib/stores/records/kind.ts';
import { movedKinds } from '../../lib/stores/records/kinds/index.ts';
import type { SigningKeyRecord } from '../../lib/stores/records/kinds/signing-key.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { exported } from '../../lib/transfer/export.ts';
import { type ImportOptions, type ImportSummary, imported, type LineProblem } from '../../lib/transfer/import.ts';
import { linesOfKind } from '../../lib/transfer/lines.ts';
import { sealingOf } from '../../lib/transfer/sealing.ts';

/** What an export is made of, and an import fills. */
export type Moving = Pick<Stores, 'records' | 'audit'>;

export type Brought = Readonly<{ problems: readonly LineProblem[]; summary: ImportSummary }>;

export const versions = (kinds: readonly AnyKind[] = movedKinds): Record<string, number> =>
  Object.fromEntries(kinds.map(({ name, version }) => [name, version]));

/** The keys of every installation here. */
export const keys = keyring([makeSecretKey()]);

/** A pair of keys, sealed with `of`. */
export function aSigningKey(
  id: string,
  place: number,
  more: Partial<SigningKeyRecord> = {},
  of = keys,
): SigningKeyRecord {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const sealed = secretBox(of.derive('signing-keys')).seal(JSON.stringify(privateKey.export({ format: 'jwk' })));
  const publicJwk = JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid: id });
  return { id, algorithm: 'EdDSA', publicJwk, sealed, place, createdAt: 1_000, ...more };
}

/** The first line of an export, and the last one. */
export const first = JSON.stringify({ format: 'gatewarden-export', version: 2, kinds: versions() });
export const end = (records: number): string => JSON.stringify({ kind: 'end', records });

export const emptyStores = (): Promise<Stores> => openSqlite({ memory: true });

/** Imports the text of an export. */
export async function bringIn(
  { records, audit }: Moving,
  source: string | Uint8Array,
  options: ImportOptions & { kinds?: readonly AnyKind[] } = {},
): Promise<Brought> {
  const problems: LineProblem[] = [];
  async function* once() {
    yield source;
  }
  const { kinds = movedKinds, ...rest } = options;
  const target = { records, audit, kinds, sealing: sealingOf(keys) };
  const summary = await imported(target, once(), { ...rest, onProblem: (one) => void problems.push(one) });
  return { problems, summary };
}

/** The lines of records of a kind. */
export const linesFor = <R extends Identified>(kind: Kind<R>, ...records: readonly R[]): string[] =>
  records.map((record) => linesOfKind<R>(kind).lineOf(record));

/** A file of these lines. */
export const fileOf = (lines: readonly string[]): string => [first, ...lines, end(lines.length), ''].join('\n');

/** Imports records of a kind; returns `created`, `replaced` or `unchanged`, or the problem of the first. */
export async function put<R extends Identified>(stores: Moving, kind: Kind<R>, record: R, replace = false) {
  const { problems, summary } = await bringIn(stores, fileOf(linesFor(kind, record)), { replace });
  if (problems[0] !== undefined) return problems[0].problem;
  return (['created', 'replaced', 'unchanged'] as const).find((one) => summary[one] > 0);
}

/** The lines of an export without the first and the last one. */
export async function linesIn(stores: Moving): Promise<string[]> {
  return (await textOf(stores)).split('\n').slice(1, -2);
}

export async function textOf(stores: Moving): Promise<string> {
  let text = '';
  for await (const some of exported(stores)) text += some;
  return text;
}
