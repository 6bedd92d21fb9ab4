import { type ErrorCode, ok, type Result, refused } from '../../errors.ts';
import { doneBy } from '../../services/done-by.ts';
import { sessionIsValid, standingOfSession } from '../../services/standing.ts';
import type { DeviceRequest, Devices } from '../../services.ts';
import { type DeviceGrantRecord, deviceGrantKind } from '../../stores/records/kinds/device-grant.ts';
import type { UserRecord } from '../../stores/records/kinds/user.ts';
import type { Decide, Versioned } from '../../stores/records/records.ts';
import type { Actor } from '../../types.ts';
import { type Attempt, attemptLimits } from '../attempts.ts';
import { aboutDevice, type DeviceDependencies, viewOf } from './dependencies.ts';
import { approved, type Decided, denied, seen } from './rules.ts';
import { readUserCode, userCodeHash } from './user-codes.ts';

type Grant = Versioned<DeviceGrantRecord>;
type Rule = Decide<DeviceGrantRecord, Decided>;

const unknown = refused('not_found', { detail: 'There is no request with this code.' });
const overtaken = refused('token_revoked', { detail: 'The password was changed meanwhile.' });

/** Looking at a request by its user code, and deciding on it. */
export function deciding(dependencies: DeviceDependencies): Pick<Devices, 'find' | 'approve' | 'deny'> {
  const { stores, record, settings } = dependencies;
  const { records, sessions } = stores;
  const attempts = attemptLimits(stores.attempts, settings);

  /** The user whose browser session this is. A token or auto-login lets no device sign in: it would give away more than it is. */
  async function personOf({ principal }: Actor): Promise<Result<UserRecord>> {
    const { via, sessionId = '' } = principal;
    if (via !== 'session') return refused('missing_credential', { detail: 'Sign in with a browser for this.' });
    const now = records.now();
    const session = await sessions.find(sessionId, now);
    const standing = session && (await standingOfSession(records, session));
    if (!session || !standing || !sessionIsValid(session, standing, now)) return refused('token_revoked');
    return ok(standing.user);
  }

  const failed = (by: Actor, outcome: ErrorCode) =>
    record({ event: 'login.failed', ...doneBy(by), outcome, detail: { door: 'device' } });

  async function grantOf(userCode: string | undefined, rule: Rule): Promise<Grant | undefined> {
    if (userCode === undefined) return undefined;
    const grant = await records.byKey(deviceGrantKind, 'code', userCodeHash(userCode));
    return grant !== undefined && rule(grant, records.now()).answer.kind === 'done' ? grant : undefined;
  }

  async function compared(attempt: Attempt, userCode: string | undefined, rule: Rule): Promise<Grant | undefined> {
    try {
      const grant = await grantOf(userCode, rule);
      await (grant === undefined ? attempt.failed() : attempt.succeeded());
      return grant;
    } catch (error) {
      await attempt.withdrawn();
      throw error;
    }
  }

  /** The request that a code names and that the rule allows to be decided. Counts wrong codes. */
  async function locate(userCode: string | undefined, rule: Rule, by: Actor): Promise<Result<Grant>> {
    const attempt = await attempts.userCode(by.principal.id, by.address ?? '');
    const grant = attempt.ok ? await compared(attempt, userCode, rule) : undefined;
    if (grant !== undefined) return ok(grant);
    const refusal = attempt.ok ? unknown : attempt;
    await failed(by, refusal.refusal.code);
    return refusal;
  }

  async function decide(
    typed: unknown,
    rule: Rule,
    by: Actor,
    note: (grant: DeviceGrantRecord) => Promise<void>,
  ): Promise<Result<DeviceRequest>> {
    const userCode = readUserCode(typed);
    const located = await locate(userCode, rule, by);
    if (!located.ok) return located;
    const { value: grant } = located;
    const changed = await records.change(deviceGrantKind, grant.id, rule);
    if (changed.kind === 'taken' || changed.answer.kind === 'void') return unknown;
    if (changed.answer.isNew) await note(grant);
    return ok(viewOf(userCode ?? '', grant));
  }

  const subjectOf = ({ clientId }: DeviceGrantRecord) => `client:${clientId}`;

  return {
    async find(typed, by) {
      const person = await personOf(by);
      if (!person.ok) return person;
      const userCode = readUserCode(typed);
      const located = await locate(userCode, seen, by);
      return located.ok ? ok(viewOf(userCode ?? '', located.value)) : located;
    },
    async approve(userCode, approval, by) {
      const person = await personOf(by);
      if (!person.ok) return person;
      const { id: userId, epoch } = person.value;
      if (approval.kind === 'typed' && approval.epoch !== epoch) return overtaken;
      const typed = approval.kind === 'typed';
      return decide(userCode, approved({ userId, epoch, typed }), by, (grant) => {
        const detail = { ...aboutDevice(grant), typed };
        return record({ event: 'device.approved', ...doneBy(by), subject: subjectOf(grant), outcome: 'ok', detail });
      });
    },
    async deny(userCode, by) {
      const person = await personOf(by);
      if (!person.ok) return person;
      return decide(userCode, denied(person.value.id), by, (grant) => {
        const detail = aboutDevice(grant);
        return record({ event: 'device.denied', ...doneBy(by), subject: subjectOf(grant), outcome: 'ok', detail });
      });
    },
  };
}
