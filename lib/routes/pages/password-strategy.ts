import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { ok, type Result } from '../../errors.ts';
import type { UserRecord } from '../../stores/records/users.ts';
import type { CallContext } from '../route.ts';

/**
 * The form's sign-in, by passport-local: it reads the fields, `core.signIn` compares. passport-local also looks into the
 * query when the body lacks a field, so the caller sees to it that both are there: a password never comes in a URL.
 */
export function signInWithPassport({ core, req, res, caller }: CallContext): Promise<Result<UserRecord>> {
  return new Promise((resolve, reject) => {
    const passport = new Passport();
    const strategy = new Strategy({ session: false }, (username, password, done) => {
      core.signIn.verify({ username, password }, caller).then((result) => {
        if (result.ok) return done(null, result.value);
        resolve(result);
        done(null, false);
      }, done);
    });
    const answered = (error: unknown, user?: unknown): void => {
      if (error) reject(error);
      else resolve(user ? ok(user as UserRecord) : { ok: false, refusal: { code: 'invalid_credentials' } });
    };
    passport.use(strategy).authenticate('local', { session: false }, answered)(req, res, reject);
  });
}
