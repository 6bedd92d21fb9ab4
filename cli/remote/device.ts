import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, exit } from '../exit.ts';
import { isObject, textIn } from '../json.ts';
import type { Answer } from './exchange.ts';
import { jsonOf, refusalCode, refusedByServer } from './refusals.ts';
import { askForTokens, commandClient, postForm, type Tokens, tokensOf } from './token-requests.ts';

/** A sign-in that waits for approval in a browser (RFC 8628). Times are in milliseconds. */
export type DeviceRequest = Readonly<{
  deviceCode: string;
  userCode: string;
  /** Where the code is typed. */
  page: string;
  /** The same with the code in it. */
  pageWithCode: string;
  expiresAt: number;
  interval: number;
}>;

const grant = 'urn:ietf:params:oauth:grant-type:device_code';

/** Begins a sign-in by a browser. */
export async function beginDevice(server: string): Promise<DeviceRequest> {
  const url = new URL(`${server}/oauth/device_authorization`);
  const answer = await postForm(url, { client_id: commandClient });
  if (answer.status !== 200) throw refusedByServer(answer, url);
  const request = requestIn(jsonOf(answer, url));
  if (request === undefined) throw new CommandError(exit.failed, 'no_gatewarden', `${server} gives no code.`);
  return request;
}

function requestIn(fields: unknown): DeviceRequest | undefined {
  if (!isObject(fields)) return undefined;
  const [deviceCode, userCode] = [textIn(fields, 'device_code'), textIn(fields, 'user_code')];
  const page = webPage(textIn(fields, 'verification_uri'));
  const { expires_in: lifetime, interval = 5 } = fields;
  if (!deviceCode || !userCode || !page || typeof lifetime !== 'number' || typeof interval !== 'number')
    return undefined;
  const pageWithCode = webPage(textIn(fields, 'verification_uri_complete')) ?? page;
  const expiresAt = Date.now() + lifetime * 1000;
  return { deviceCode, userCode, page, pageWithCode, expiresAt, interval: Math.max(1, interval) * 1000 };
}

/** Returns the URL of a page, and `undefined` for other URLs, which a browser might run. */
function webPage(given: string | undefined): string | undefined {
  const url = URL.parse(given ?? '');
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/** Longest pause after failures, in milliseconds. */
const longestPause = 60_000;

/** Waits until the request is approved. Exit code 4 when it is denied or expires; the signal's reason when that aborts. */
export async function approvedDevice(server: string, request: DeviceRequest, signal: AbortSignal): Promise<Tokens> {
  let pause = request.interval;
  while (Date.now() < request.expiresAt) {
    await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    const answer = await attempt(server, request);
    const outcome = outcomeOf(answer);
    if (outcome === 'answered' && answer) return tokensOf(answer, server);
    // RFC 8628, section 3.5: five seconds more from then on; after a failure the pauses double.
    if (outcome === 'slow down') pause += 5000;
    if (outcome === 'failed') pause = Math.min(pause * 2, longestPause);
  }
  throw expired();
}

/** `undefined`: the server could not be reached. */
async function attempt(server: string, { deviceCode }: DeviceRequest): Promise<Answer | undefined> {
  try {
    return await askForTokens(server, { grant_type: grant, device_code: deviceCode, client_id: commandClient });
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === exit.unreachable) return undefined;
    throw error;
  }
}

function outcomeOf(answer: Answer | undefined): 'answered' | 'pending' | 'slow down' | 'failed' {
  if (answer === undefined || answer.status >= 500) return 'failed';
  const code = refusalCode(answer);
  if (code === 'authorization_pending') return 'pending';
  if (code === 'slow_down') return 'slow down';
  if (code === 'access_denied') throw new CommandError(exit.notAllowed, code, 'The sign-in was denied in the browser.');
  if (code === 'expired_token') throw expired();
  return 'answered';
}

const expired = () =>
  new CommandError(
    exit.notAllowed,
    'expired_token',
    'Nobody approved the sign-in in time.',
    [],
    'Begin again: gatewarden auth login --web',
  );
