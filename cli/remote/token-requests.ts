import { CommandError, exit } from '../exit.ts';
import { isObject, textIn } from '../json.ts';
import { type Answer, exchange } from './exchange.ts';
import { jsonOf, refusedByServer } from './refusals.ts';

/** Tokens as `/oauth/token` and `/api/v1/login` give them. `expiresAt` is by the clock of this machine, in milliseconds. */
export type Tokens = Readonly<{ accessToken: string; refreshToken?: string | undefined; expiresAt: number }>;

/** The client that people's own sign-ins belong to (a public client, without a secret). */
export const commandClient = 'gatewarden';

/** Sends a form to the token endpoint of `server`. */
export const askForTokens = (server: string, form: Form, client?: ClientIdentity): Promise<Answer> =>
  postForm(new URL(`${server}/oauth/token`), form, client);

type Form = Readonly<Record<string, string>>;

/** The id and the secret of a client. */
export type ClientIdentity = Readonly<{ id: string; secret: string }>;

/** Sends a form; `client` goes with it as Basic credentials. */
export const postForm = (url: URL, form: Form, client?: ClientIdentity): Promise<Answer> =>
  exchange({
    method: 'POST',
    url,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(client && { Authorization: basic(client) }),
    },
    body: new URLSearchParams(form).toString(),
  });

// RFC 6749, section 2.3.1: both are form-encoded first.
function basic({ id, secret }: ClientIdentity): string {
  const [user, password] = [id, secret].map((one) => new URLSearchParams({ '': one }).toString().slice(1));
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Reads the tokens of an answer of the token endpoint; throws `CommandError` for a refusal. */
export function tokensOf(answer: Answer, server: string): Tokens {
  const url = new URL(`${server}/oauth/token`);
  if (answer.status !== 200) throw refusedByServer(answer, url);
  const fields = jsonOf(answer, url);
  const accessToken = isObject(fields) ? textIn(fields, 'access_token') : undefined;
  if (!isObject(fields) || !accessToken || typeof fields.expires_in !== 'number') throw noTokens(server);
  return {
    accessToken,
    refreshToken: textIn(fields, 'refresh_token'),
    expiresAt: Date.now() + fields.expires_in * 1000,
  };
}

/** The error for a success without the tokens that belong to it. */
export const noTokens = (server: string): CommandError =>
  new CommandError(exit.failed, 'no_gatewarden', `${server} gives no token: this is not the answer of Gatewarden.`);
