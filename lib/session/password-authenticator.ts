import type { IncomingMessage, ServerResponse } from 'node:http';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { type Result, refused } from '../errors.ts';
import type { Caller, PasswordSignIn, SignInDoor } from '../services.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';

/** The credentials of a parsed body, whose fields are known to be text or absent. */
export type PresentedPassword = Readonly<{ username?: string | undefined; password?: string | undefined }>;

/** Signs in with a name and a password, from a form or from JSON. */
export interface PasswordAuthenticator {
  /**
   * Lets passport-local read the parsed body of `req`, and verifies the password. `body` holds the fields that the route has
   * validated. `invalid_credentials` when a field is missing, else as `PasswordSignIn.verify`. Rejects only with an outage.
   */
  authenticate(
    req: IncomingMessage,
    res: ServerResponse,
    body: PresentedPassword,
    caller: Caller,
    door: SignInDoor,
  ): Promise<Result<UserRecord>>;
}

type Attempt = {
  readonly body: PresentedPassword;
  readonly caller: Caller;
  readonly door: SignInDoor;
  result: Result<UserRecord>;
};

/** A Passport authenticator with one passport-local strategy, created once per installation. */
export function passwordAuthenticator(signIn: Pick<PasswordSignIn, 'verify'>): PasswordAuthenticator {
  const attempts = new WeakMap<IncomingMessage, Attempt>();
  const strategy = new Strategy({ passReqToCallback: true }, (req, username, password, done) => {
    const attempt = attempts.get(req);
    // passport-local falls back to the query. A password in a URL ends up in logs and histories, so it is refused.
    if (attempt?.body.username !== username || attempt.body.password !== password) return done(null, false);
    signIn.verify({ username, password }, attempt.caller, attempt.door).then((result) => {
      attempt.result = result;
      done(null, result.ok ? result.value : false);
    }, done);
  });
  const passport = new Passport().use(strategy);

  return {
    authenticate(req, res, body, caller, door) {
      const { username, password } = body;
      // passport-local treats an empty text as a missing field. Verify it, so that it counts as any wrong password.
      if (username === '' || password === '') return signIn.verify({ username, password }, caller, door);
      const attempt: Attempt = { body, caller, door, result: refused('invalid_credentials') };
      attempts.set(req, attempt);
      return new Promise((resolve, reject) => {
        const answered = (error: unknown): void => (error ? reject(error) : resolve(attempt.result));
        passport.authenticate('local', { session: false }, answered)(req, res, reject);
      });
    },
  };
}
