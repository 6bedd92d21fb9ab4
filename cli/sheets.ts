import { asMinute, asMinuteOrNever, asPairs, asYesOrNo, type Sheet } from './sheet.ts';

export const userSheet: Sheet = [
  { title: 'username', field: 'username' },
  { title: 'role', field: 'role' },
  { title: 'state', field: 'state' },
  { title: 'email', field: 'email' },
  { title: 'name', field: 'display_name' },
  { title: 'last sign-in', field: 'last_login_at', shown: asMinuteOrNever },
];

export const clientSheet: Sheet = [
  { title: 'client id', field: 'client_id' },
  { title: 'name', field: 'name' },
  { title: 'role', field: 'role' },
  { title: 'scopes', field: 'scopes' },
  { title: 'active', field: 'active', shown: asYesOrNo },
  { title: 'last used', field: 'last_used_at', shown: asMinuteOrNever },
  { title: 'expires', field: 'expires_at', shown: asMinuteOrNever },
];

/** A client with a secret, which is shown once. */
export const issuedClientSheet: Sheet = [...clientSheet, { title: 'secret', field: 'client_secret' }];

export const invitationSheet: Sheet = [
  { title: 'id', field: 'id' },
  { title: 'role', field: 'role' },
  { title: 'uses', field: 'uses' },
  { title: 'used', field: 'used' },
  { title: 'invited by', field: 'invited_by' },
  { title: 'active', field: 'active', shown: asYesOrNo },
  { title: 'expires', field: 'expires_at', shown: asMinute },
  { title: 'note', field: 'note' },
];

/** An invitation with its code, which is shown once. */
export const issuedInvitationSheet: Sheet = [
  ...invitationSheet,
  { title: 'code', field: 'code' },
  { title: 'url', field: 'url' },
];

export const sessionSheet: Sheet = [
  { title: 'id', field: 'id' },
  { title: 'kind', field: 'kind' },
  { title: 'method', field: 'method' },
  { title: 'current', field: 'current', shown: asYesOrNo },
  { title: 'begun', field: 'created_at', shown: asMinute },
  { title: 'last seen', field: 'last_seen_at', shown: asMinute },
  { title: 'address', field: 'address' },
  { title: 'agent', field: 'agent' },
];

export const auditSheet: Sheet = [
  { title: 'at', field: 'at' },
  { title: 'event', field: 'event' },
  { title: 'actor', field: 'actor' },
  { title: 'via', field: 'via' },
  { title: 'subject', field: 'subject' },
  { title: 'outcome', field: 'outcome' },
  { title: 'address', field: 'address' },
  { title: 'detail', field: 'detail', shown: asPairs },
];
