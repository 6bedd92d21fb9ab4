import { Schema } from 'mongoose';
import type { EndedSession, UserRecord, UserState } from '../records/users.ts';
import { documentOptions } from './database.ts';
import { fieldsOf, listOf, number, numberOrNone, oneOf, text, textOrNone } from './fields.ts';

/**
 * A user, or a retired name. A used name keeps its document, so that the primary key alone decides who gets it; after a
 * user is deleted only `_id` and `retiredAt` remain.
 */
export type UserDocument = Omit<Partial<UserRecord>, 'nameKey' | 'ended'> & {
  /** The name key. */
  _id: string;
  retiredAt?: number | undefined;
  /** The name key again; absent for a retired name. */
  nameKey?: string | undefined;
  emailKey?: string | undefined;
  ended?: EndedSession[] | undefined;
  /** Goes up with every change that depends on the record as it was. */
  revision?: number | undefined;
  /** The stamp of an active admin in the roster. */
  stamp?: string | undefined;
};

const ended = new Schema<EndedSession>(
  { id: { type: String, required: true }, until: { type: Number, required: true } },
  documentOptions,
);

export const userSchema = new Schema<UserDocument>(
  {
    _id: { type: String, required: true },
    retiredAt: { type: Number },
    id: { type: String },
    username: { type: String },
    nameKey: { type: String },
    role: { type: String },
    state: { type: String },
    email: { type: String },
    emailKey: { type: String },
    emailConfirmed: { type: Boolean },
    displayName: { type: String },
    passwordHash: { type: String },
    epoch: { type: Number },
    createdAt: { type: Number },
    updatedAt: { type: Number },
    lastLoginAt: { type: Number },
    ended: { type: [ended], default: undefined },
    revision: { type: Number },
    stamp: { type: String },
  },
  documentOptions,
);
userSchema.index({ id: 1 }, { name: 'by_id', unique: true, sparse: true });
userSchema.index({ emailKey: 1 }, { name: 'by_email', unique: true, sparse: true });

const states: readonly UserState[] = ['pending', 'active', 'disabled'];

/** Whether the record says active admin. Only the roster decides who is one. */
export const saysAdmin = ({ role, state }: Pick<UserDocument, 'role' | 'state'>): boolean =>
  role === 'admin' && state === 'active';

export const emailKeyOf = (email: string | null | undefined): string | undefined => email?.toLowerCase();

export function documentOf(user: UserRecord, stamp: string | undefined): UserDocument {
  const { ended: kept, ...rest } = user;
  return {
    _id: user.nameKey,
    ...rest,
    emailKey: emailKeyOf(user.email),
    ended: kept?.length ? [...kept] : undefined,
    revision: 0,
    stamp,
  };
}

function endedOf(value: unknown): readonly EndedSession[] | undefined {
  const list = listOf(value, (element) => {
    const { id, until } = fieldsOf(element);
    return { id: text(id), until: number(until) };
  });
  return list.length === 0 ? undefined : [...new Map(list.map((one) => [one.id, one])).values()];
}

/** The record with its own role, not checked against the roster. */
export function recordOf(found: UserDocument): UserRecord {
  return {
    id: text(found.id),
    username: text(found.username),
    nameKey: text(found.nameKey),
    role: text(found.role),
    state: oneOf(states, found.state),
    email: textOrNone(found.email),
    emailConfirmed: found.emailConfirmed === true,
    displayName: textOrNone(found.displayName),
    passwordHash: textOrNone(found.passwordHash),
    epoch: number(found.epoch),
    createdAt: number(found.createdAt),
    updatedAt: number(found.updatedAt),
    lastLoginAt: numberOrNone(found.lastLoginAt),
    ended: endedOf(found.ended),
  };
}
