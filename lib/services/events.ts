import type { ErrorCode } from '../errors.ts';
import type { Via } from '../types.ts';
import type { SignInDoor } from './sign-in.ts';

type EventOf<Name extends string, Detail, Outcome extends string = 'ok'> = Readonly<{
  event: Name;
  /** Milliseconds since the epoch. */
  at: number;
  /** Username of the actor, or the name given at a failed sign-in; '' when anonymous, and for the program itself. */
  actor: string;
  via: Via;
  address?: string | undefined;
  agent?: string | undefined;
  /** What the event is about: `user:ada`, `token:ci`, `client:ci`, `session:<public id>`, `host:<name>`, or the path that was refused. */
  subject?: string | undefined;
  outcome: Outcome;
  detail?: Readonly<Detail> | undefined;
}>;

/** How a user tried to sign in. */
type Door = {
  door?: SignInDoor | 'setup' | 'sign-up' | 'req.login' | 'device' | 'client';
  method?: 'password' | 'setup-token' | 'device' | 'device-untyped' | 'secret';
};

/** The device that a person was asked about: the client id that it sent, and its address. */
type AboutDevice = { client: string; from: string };

/** What was done to a user or a client. */
type Changed = { action: string; role?: string; active?: boolean; changed?: string; tokens?: boolean };

/** The events of `gate.on`; the audit log records the same. */
export interface GateEvents {
  'login.succeeded': EventOf<'login.succeeded', Door>;
  'login.failed': EventOf<'login.failed', Door, ErrorCode>;
  logout: EventOf<'logout', Record<never, never>>;
  /** For an API token, `user` is its owner; for a minted access token, `role` is its ceiling and `minutes` its lifetime. */
  'token.created': EventOf<'token.created', { user: string } | { minted: true; role: string; minutes: number }>;
  /** `reused`: a refresh token was presented a second time, so its session was ended. */
  'token.revoked': EventOf<'token.revoked', { user: string }, 'ok' | 'reused'>;
  /**
   * `session` is the public id of one session, `sessions` the number that ended. `reason`: why, where nobody asked for it: the
   * setting that limits how many sessions a user has.
   */
  'session.ended': EventOf<'session.ended', { session: string; reason?: 'SESSIONS_PER_USER' } | { sessions: number }>;
  /** A sign-in at `PUBLIC_URL` was handed over to another host; `subject` is `host:<name>`. */
  'session.handed-over': EventOf<'session.handed-over', Record<never, never>>;
  /** `changed` names the fields, separated by spaces; never their values. `tokens`: whether API tokens were ended too. */
  'user.changed': EventOf<'user.changed', Changed>;
  /** `role` and `uses` of one that was created; `user`: who used it. */
  'invitation.changed': EventOf<
    'invitation.changed',
    { action: 'created'; role: string; uses: number } | { action: 'used'; user: string } | { action: 'withdrawn' }
  >;
  /** `typed`: with the password; else by the session alone. */
  'device.approved': EventOf<'device.approved', AboutDevice & { typed: boolean }>;
  'device.denied': EventOf<'device.denied', AboutDevice>;
  /** `changed` names the fields, separated by spaces. `tokens`: whether its access tokens were ended. */
  'client.changed': EventOf<'client.changed', Changed>;
  'access.denied': EventOf<'access.denied', { method: string }, ErrorCode>;
  'auto-login.used': EventOf<'auto-login.used', Record<never, never>>;
}

export type GateEventName = keyof GateEvents;

/** An event of this name, or any event. */
export type GateEvent<Name extends GateEventName = GateEventName> = GateEvents[Name];

/** An event that is about to be recorded. */
export type NewEvent = { [Name in GateEventName]: Omit<GateEvents[Name], 'at'> }[GateEventName];

/** Writes an event to the audit log and calls the listeners of `gate.on`. Never rejects. */
export type RecordEvent = (event: NewEvent) => Promise<void>;
