import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import { StoreUnavailableError } from '../../errors.ts';
import { isReplica, type Link } from './link.ts';
import { UnreadableRecordError } from './replies.ts';

/** A Lua script on one key, so that it runs on any node of a cluster. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') });

/** Commands with a deadline. Each rejects with `StoreUnavailableError('redis')`. */
export interface Commands {
  send(key: string, ...args: readonly string[]): Promise<unknown>;
  run(script: Script, key: string, ...args: readonly (string | number)[]): Promise<unknown>;
  scan: Link['scan'];
  /** Runs several commands; an unreadable record becomes `StoreUnavailableError`, other errors pass through. */
  settled<T>(work: () => Promise<T>): Promise<T>;
  /** Called when the link can be used again: clears the suspicion that it hangs. */
  well(): void;
}

/** How long a command may take, in milliseconds. */
export const deadlineMs = 1_000;

/** How long a silent link is not used, in milliseconds; longer than the driver takes to drop it (`silenceMs`). */
const suspectMs = 7_000;

export function commandsOn(link: Link): Commands {
  const deadline = deadlines();

  function ask<T>(question: () => Promise<T>): Promise<T> {
    return deadline.keep(question).catch((error: unknown) => {
      if (isReplica(error)) link.renew();
      throw new StoreUnavailableError('redis', { cause: ofAnotherType(error) ?? error });
    });
  }

  const evaluate = ({ text, sha }: Script, key: string, args: readonly string[]) =>
    link.send(key, ['EVALSHA', sha, '1', key, ...args]).catch((error: unknown) => {
      if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT'))) throw error;
      return link.send(key, ['EVAL', text, '1', key, ...args]);
    });

  return {
    send: (key, ...args) => ask(() => link.send(key, [...args])),
    run: (one, key, ...args) => ask(() => evaluate(one, key, args.map(String))),
    scan: (cursor, match, count) => ask(() => link.scan(cursor, match, count)),
    well: deadline.forget,
    async settled(work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof UnreadableRecordError) throw new StoreUnavailableError('redis', { cause: error });
        throw error;
      }
    },
  };
}

function ofAnotherType(error: unknown): UnreadableRecordError | undefined {
  if (!(error instanceof ErrorReply && error.message.startsWith('WRONGTYPE'))) return undefined;
  return new UnreadableRecordError('a key holds another type than it should', { cause: error });
}

/** Whether only a record cannot be read, and the store works. */
export function isUnreadable(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return isUnreadable(error.cause);
  return error instanceof UnreadableRecordError;
}

/**
 * A deadline for every command. After one has passed, further commands fail at once until the late one is settled: on a hung
 * server each of them would wait in vain, and the driver drops a link only when nothing is written to it.
 */
function deadlines() {
  let suspectUntil = 0;

  function forget(): void {
    suspectUntil = 0;
  }

  async function keep<T>(question: () => Promise<T>): Promise<T> {
    if (performance.now() < suspectUntil) throw new Error('it has not answered an earlier command');
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let late = false;
    let settled = false;
    const timer = setTimeout(() => {
      // After the event loop was blocked the answer may have arrived unread.
      setImmediate(() => {
        if (settled) return;
        late = true;
        suspectUntil = performance.now() + suspectMs;
        reject(new Error(`it did not answer within ${deadlineMs} ms`));
      });
    }, deadlineMs).unref();
    const settle = () => {
      settled = true;
      clearTimeout(timer);
      if (late) forget();
    };
    question().finally(settle).then(resolve, reject);
    return promise;
  }

  return { keep, forget };
}
