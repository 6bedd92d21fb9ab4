import type { ErrorCode } from '../errors.ts';
import type { Via } from '../types.ts';
import type { SignInDoor } from './sign-in.ts';

type EventOf<Name extends string, Detail, Outcome extends string = 'ok'> = Readonly<{
  event: Name;
  /** Milliseconds since the epoch. */
  at: number;
  /** Username of who did it, or what was claimed to be one; '' for nobody, and for the program itself. */
  actor: string;
  via: Via;
  address?: string | undefined;
  agent?: string | undefined;
  /** What it was done to: `user:ada`, `token:ci`, `session:<public id>`, or the path that was refused. */
  subject?: string | undefined;
  outcome: Outcome;
  detail?: Readonly<Detail> | undefined;
}>;

/** How somebody tried to sign in. */
type Door = { door?: SignInDoor | 'setup' | 'req.login'; method?: 'password' | 'setup-token' };

/** The events of `gate.on`, the same that the audit log keeps. */
export interface GateEvents {
  'login.succeeded': EventOf<'login.succeeded', Door>;
  'login.failed': EventOf<'login.failed', Door, ErrorCode>;
  logout: EventOf<'logout', Record<never, never>>;
  /** Of an API token `user` is the owner; a minted access token is `minted`, with its ceiling and how long it holds. */
  'token.created': EventOf<'token.created', { user: string } | { minted: true; role: string; minutes: number }>;
  /** `reused`: a refresh token came a second time, so its session was ended. */
  'token.revoked': EventOf<'token.revoked', { user: string }, 'ok' | 'reused'>;
  /** One session by its public id, or how many. */
  'session.ended': EventOf<'session.ended', { session: string } | { sessions: number }>;
  /** `changed` names the fields, separated by spaces; never their values. */
  'user.changed': EventOf<'user.changed', { action: string; role?: string; active?: boolean; changed?: string }>;
  'access.denied': EventOf<'access.denied', { method: string }, ErrorCode>;
  'auto-login.used': EventOf<'auto-login.used', Record<never, never>>;
}

export type GateEventName = keyof GateEvents;

/** An event of this name, or any event. */
export type GateEvent<Name extends GateEventName = GateEventName> = GateEvents[Name];

/** An event that is about to be recorded. */
export type NewEvent = { [Name in GateEventName]: Omit<GateEvents[Name], 'at'> }[GateEventName];

/** Keeps an event in the audit log and hands it to the listeners of `gate.on`. Never rejects. */
export type RecordEvent = (event: NewEvent) => Promise<void>;
