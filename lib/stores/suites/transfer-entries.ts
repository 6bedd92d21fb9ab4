import type { TransferEntry, TransferOutcome, TransferRecords } from '../records/transfer.ts';
import type { UserRecord } from '../records/users.ts';
import type { Stores } from '../stores.ts';
import { anAdmin, aToken, aUser, start } from './records.ts';

/** The stores that an export and an import are checked through. */
export type Moving = Pick<Stores, 'users' | 'tokens' | 'refreshTokens' | 'keys' | 'facts' | 'audit' | 'transfer'>;

export const user = (name: string, more: Partial<UserRecord> = {}): TransferEntry => ({
  kind: 'user',
  record: aUser(name, more),
});
export const admin = (name: string, more: Partial<UserRecord> = {}): TransferEntry => ({
  kind: 'user',
  record: anAdmin(name, more),
});
export const token = (name: string, more: Partial<TransferRecords['token']> = {}): TransferEntry => ({
  kind: 'token',
  record: aToken(name, more),
});
export const retired = (nameKey: string, at = start): TransferEntry => ({
  kind: 'retired-name',
  record: { nameKey, at },
});
export const fact = (name: string, value: string): TransferEntry => ({ kind: 'fact', record: { name, value } });

export async function exported({ transfer }: Moving): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const entry of transfer.entries()) all.push(entry);
  return all;
}

/** Puts one entry in; returns its outcome. */
export async function put(store: Moving, entry: TransferEntry, replace = false): Promise<TransferOutcome | undefined> {
  return (await store.transfer.put([entry], { replace }))[0];
}
