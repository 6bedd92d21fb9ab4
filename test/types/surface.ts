/**
 * What a user of the package names and passes on: compiled with `declaration: true` against the packed tarball by
 * test/package, so that a type which cannot be named from outside does not compile. It never runs.
 */
import {
  type Actor,
  type ApiTokenView,
  type AuditEntry,
  type Caller,
  type Decision,
  type Explanation,
  type FieldProblem,
  type FromGateway,
  type FromGatewayOptions,
  fromGateway,
  type GateEvent,
  type GateEventName,
  type GateEvents,
  type Gatewarden,
  type GatewardenOptions,
  gatewarden,
  type InvitationQuery,
  type InvitationView,
  type IssuedApiToken,
  type IssuedInvitation,
  type Log,
  type NewApiToken,
  type NewInvitation,
  type NewUser,
  type Options,
  type Page,
  type PathReading,
  type Principal,
  type RedactedSettings,
  type Refusal,
  type RequestHead,
  type RequestSource,
  type Result,
  type Rule,
  type SessionView,
  type Settings,
  type UserEdit,
  type UserQuery,
  type UserView,
  type Via,
  type WrittenRule,
} from 'gatewarden';
import { describeStores, type SessionRecord, type Stores, type UserRecord } from 'gatewarden/stores';
import { testGate } from 'gatewarden/testing';

// Each of these gets its type from the package alone.
export const gate = await gatewarden();
export const { users, tokens, sessions, invitations, audit, signIn, settings, authenticate, protect, decide, explain } =
  gate;
export const believing = fromGateway({ issuer: 'https://app.example.com/_gatewarden', audience: 'upstream' });
export const asserted = await believing.principalOf({ headers: {}, rawHeaders: [] });
export const router = gate.router();
export const ready = await gate.ready();
export const made = await users.create({ username: 'ada' });
export const user = await users.get('ada');
export const page = await users.list({ q: 'a' });
export const issued = await tokens.create('ada', { name: 'ci' });
export const held = await tokens.list('ada');
export const devices = await sessions.list('ada');
export const ended = await sessions.endAll('ada', {}, { principal: {} as Principal });
export const invited = await invitations.create({ uses: 2 });
export const open = await invitations.list();
export const entries = await audit.list();
export const verified = await signIn.verify({ username: 'ada', password: '' }, { address: '192.0.2.1' });
export const decided = async (req: RequestHead) => decide(req);
export const explained = async (req: RequestHead) => explain(req);
export const seen: GateEvent[] = [];
export const stop = gate.on('token.created', (event) => seen.push(event));
export const tried = await testGate();
export const guest = await tried.signedInAs('viewer');
export const suites = (open: () => Promise<Stores>) => describeStores('mine', open);

// An event is typed by its name.
gate.on('login.failed', ({ event, outcome, detail }) => {
  const name: 'login.failed' = event;
  const refused: Refusal['code'] = outcome;
  console.log(name, refused, detail?.door);
});
gate.on('session.ended', ({ detail }) =>
  console.log(detail && 'session' in detail ? detail.session : detail?.sessions),
);

/** Every name that the package publishes for its values and parameters, in one shape. */
export interface Names {
  options: GatewardenOptions & Options;
  gate: Gatewarden;
  settings: Settings | RedactedSettings;
  log: Log;
  people: Page<UserView> | NewUser | UserEdit | UserQuery | Actor | Caller | Principal | Via;
  credentials: ApiTokenView | NewApiToken | IssuedApiToken | SessionView;
  invitations: InvitationView | InvitationQuery | NewInvitation | IssuedInvitation;
  events: GateEvents | GateEventName | AuditEntry;
  requests: Decision | Explanation | PathReading | RequestSource | Rule | WrittenRule;
  behind: FromGateway | FromGatewayOptions;
  results: Result<Refusal> | FieldProblem;
  records: UserRecord | SessionRecord;
}
