/**
 * What a user of the package writes, compiled by `npm run types` and against the packed tarball by test/package.
 * It never runs.
 */
import express, { type Request, type Response } from 'express';
import {
  AuthError,
  type Decision,
  type ErrorCode,
  type Gatewarden,
  gatewarden,
  type Options,
  type Principal,
  type Settings,
} from 'gatewarden';

declare module 'express-session' {
  interface SessionData {
    visits: number;
  }
}

/** `T` and `U` are one type. */
type Same<T, U> = [T, U] extends [U, T] ? true : false;
const same = <T, U>(_: Same<T, U>): void => undefined;

const options: Options = { autoLogin: true, sessionIdle: '12h', trustedProxies: ['10.0.0.0/8'] };
/** Whether code may give `V` for the option `K`. */
type Takes<K extends keyof Options, V> = { readonly [N in K]: V } extends Pick<Options, K> ? true : false;
same<Takes<'cookieSamesite', 'lax'>, true>(true);
same<Takes<'cookieSamesite', 'Lx'>, false>(true);
same<Takes<'cookieSamesite', string>, false>(true);
same<Takes<'logLevel', 'loud'>, false>(true);
same<Takes<'tokenAlgorithm', 'HS256'>, false>(true);
same<Takes<'identityHeaders', ['remote', 'x-authentik']>, true>(true);
same<Takes<'identityHeaders', ['nobody']>, false>(true);
same<Takes<'identityHeaders', 'remote,x-authentik'>, true>(true);
same<Takes<'sessionIdle', '12h'>, true>(true);
same<Takes<'sessionIdle', 43_200_000>, true>(true);
same<Takes<'sessionIdle', true>, false>(true);
same<Takes<'autoLogin', 'true'>, true>(true);
same<Takes<'autoLogin', 'yes'>, false>(true);
same<Takes<'publicUrl', undefined>, true>(true);
same<Settings['publicUrl'], string | undefined>(true);
same<Settings['port'], number>(true);
same<Settings['logFormat'], 'json' | 'pretty'>(true);
same<Settings['trustedProxies'], readonly string[]>(true);
// What was resolved may be given again.
same<Settings extends Options ? true : false, true>(true);

const handler = (req: Request, res: Response): void => {
  same<typeof req.auth, Principal>(true);
  same<Principal['kind'], 'anonymous' | 'user' | 'client'>(true);
  res.json({ name: req.auth.name, role: req.auth.role, signedIn: req.isAuthenticated() });
};

export async function app(): Promise<express.Express> {
  const gate: Gatewarden = await gatewarden(options);
  const made = express();
  made.use('/auth', gate.router());
  made.use(gate.authenticate());
  made.use(gate.requireRole('viewer'));
  made.get('/jobs', handler);
  made.post('/jobs', gate.requireRole('operator'), handler);
  made.get(
    '/jobs/:owner',
    gate.requireSelf((req) => req.params.owner, { or: 'operator' }),
    handler,
  );
  made.post('/deploy', gate.requireScope('deploy:write'), handler);
  made.use(gate.protect({ rules: 'viewer read /**' }));
  made.use(gate.session());
  made.get('/visits', (req, res) => {
    same<typeof req.session.visits, number | undefined>(true);
    req.session.visits = (req.session.visits ?? 0) + 1;
    req.session.regenerate(() => void res.send(req.session.cookie.path));
  });
  gate.on('login.failed', (event) => console.log(event.actor, event.address));
  return made;
}

export async function services(gate: Gatewarden): Promise<ErrorCode | string> {
  const created = await gate.users.create({ username: 'ada', role: 'viewer' });
  if (!created.ok) return created.refusal.code;
  const page = await gate.users.list({ limit: 10 });
  await gate.close();
  return created.value.username + page.items.length;
}

export function told(decision: Decision): string {
  return decision.allow ? decision.principal.name : decision.refusal.code;
}

export const status = (error: unknown): number => (error instanceof AuthError ? error.status : 500);
