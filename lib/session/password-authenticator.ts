import type { IncomingMessage, ServerResponse } from 'node:http';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { type Result, refused } from '../errors.ts';
import type { Caller, PasswordSignIn, SignInDoor } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';

/** What a body presents: one that has been parsed, and checked to hold texts or nothing. */
export type PresentedPassword = Readonly<{ username?: string | undefined; password?: string | undefined }>;

/** The one way in for a name and a password, whether they come in a form or in JSON. */
export interface PasswordAuthenticator {
  /**
   * Has passport-local read the parsed body of `req`, and compares what it finds; `body` is what the route has checked of it.
   * `invalid_credentials` when a field is missing, else as `PasswordSignIn.verify`. Rejects with an outage.
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

/** An Authenticator of Passport with one passport-local strategy; made once for an installation. */
export function passwordAuthenticator(signIn: Pick<PasswordSignIn, 'verify'>): PasswordAuthenticator {
  const attempts = new WeakMap<IncomingMessage, Attempt>();
  const strategy = new Strategy({ passReqToCallback: true }, (req, username, password, done) => {
    const attempt = attempts.get(req);
    // passport-local takes from the query what the body lacks; a password in a URL ends up in logs and histories.
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
      // passport-local takes an empty text for a missing field; it costs and counts as any wrong one does.
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
