import { activityPage, type ShownEvent } from '../../lib/pages/account/activity.ts';
import {
  devicesPage,
  endAllSessionsPage,
  endOtherSessionsPage,
  endSessionPage,
} from '../../lib/pages/account/devices.ts';
import { accountPage, type ShownIdentity } from '../../lib/pages/account/overview.ts';
import {
  freshTokenWish,
  newTokenPage,
  revokeTokenPage,
  type ShownToken,
  tokenFormPage,
  tokensPage,
} from '../../lib/pages/account/tokens.ts';
import type { Frame } from '../../lib/pages/index.ts';

/** Every page of the account, with `text` wherever something comes from outside, and `until` in the field for a day. */
export function accountSamples(frame: Frame, text: string, until = text): Readonly<Record<string, string>> {
  const identity: ShownIdentity = {
    ...{ name: text, role: text, rung: 'user', scopes: [text, text], by: { via: 'api-token', token: text } },
    ...{ displayName: text, email: text, accountRole: text, since: 0, until: 2, idleUntil: 1, createdAt: 0 },
  };
  const session = {
    ...{ id: text, method: text, createdAt: 0, lastSeenAt: 0, expiresAt: 0, address: text, agent: text },
  };
  const token: ShownToken = {
    ...{ name: text, role: text, scopes: [text], createdAt: 0, lastUsedAt: 0, expiresAt: 0 },
  };
  const event: ShownEvent = {
    ...{ at: 0, event: text, actor: text, via: text, address: text, agent: text, subject: text, outcome: text },
    detail: { action: text, changed: text, sessions: 2 },
  };
  const problems = {
    ...{ current_password: text, new_password: text, new_password_again: text },
    ...{ name: text, role: text, scopes: text, expires_at: text },
  };
  const form = { roles: [text], scopes: [text], today: '2030-01-01', asksPassword: true };
  const wish = { ...freshTokenWish, name: text, role: text, scopes: [text], until };
  return {
    account: accountPage(frame, { identity, hasPages: true, password: { passwordMinLength: 12 } }),
    'account-with-problems': accountPage(frame, {
      ...{ identity, hasPages: true, password: { passwordMinLength: 12 }, problem: text, problems },
    }),
    'account-to-read': accountPage(frame, { identity, hasPages: false }),
    'account-without-password': accountPage(frame, { identity, hasPages: true, password: 'none', notice: text }),
    devices: devicesPage(frame, {
      ...{ current: session, sessions: [session, session], mayEnd: true, next: text, isFirst: false, notice: text },
    }),
    'no-devices': devicesPage(frame, { sessions: [], mayEnd: false, isFirst: true }),
    'end-session': endSessionPage(frame, session),
    'end-other-sessions': endOtherSessionsPage(frame),
    'end-all-sessions': endAllSessionsPage(frame),
    tokens: tokensPage(frame, { tokens: [token, { name: text, createdAt: 0 }], sought: text, mayChange: true, now: 1 }),
    'no-tokens': tokensPage(frame, { tokens: [], sought: '', mayChange: false, now: 1, notice: text }),
    'token-form': tokenFormPage(frame, { ...form, wish: freshTokenWish }),
    'token-form-with-problems': tokenFormPage(frame, { ...form, wish, problem: text, problems }),
    'new-token': newTokenPage(frame, { token: text, view: token }),
    'revoke-token': revokeTokenPage(frame, { token, asksPassword: true, now: 1, problem: text, problems }),
    'revoke-token-untyped': revokeTokenPage(frame, { token, asksPassword: false, now: 1 }),
    activity: activityPage(frame, {
      events: [event, { at: 0, event: 'logout', via: 'session', outcome: 'ok' }],
      next: text,
      isFirst: false,
    }),
    'no-activity': activityPage(frame, { events: [], isFirst: true }),
  };
}
