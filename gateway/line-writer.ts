import { write } from 'node:fs';

/** Writes lines to a file descriptor in the background. */
export interface LineWriter {
  write(line: string): void;
  /** Resolves to true once all lines are written or the reader is gone, to false after `within` milliseconds. */
  end(within: number): Promise<boolean>;
}

/** The most characters that wait while the reader is slow; lines beyond that are lost. */
const mostWaiting = 8 * 1024 * 1024;

/** Milliseconds until a descriptor that accepts nothing is tried again. */
const pause = 20;

/**
 * Creates a `LineWriter`. Lines that wait are written in one piece, asynchronously. When the reader is gone, lines are
 * discarded; a reader that does not read delays nothing else.
 */
export function lineWriter(fd: number): LineWriter {
  let waiting = '';
  let writing = false;
  let gone = false;
  const ends = new Set<() => void>();

  function next(): void {
    if (waiting === '' || gone) {
      writing = false;
      for (const end of ends) end();
      return;
    }
    const bytes = Buffer.from(waiting);
    waiting = '';
    writing = true;
    put(bytes);
  }

  function put(bytes: Buffer): void {
    write(fd, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(put, pause, bytes);
      // A closed pipe or a full disk: the error cannot be logged.
      if (error !== null) gone = true;
      else if (written < bytes.length) return put(bytes.subarray(written));
      next();
    });
  }

  return {
    write(line) {
      if (gone || waiting.length > mostWaiting) return;
      waiting += line;
      if (!writing) next();
    },
    end(within) {
      if (!writing) return Promise.resolve(true);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => resolve(false), within);
      ends.add(() => {
        clearTimeout(timer);
        resolve(true);
      });
      return promise;
    },
  };
}
