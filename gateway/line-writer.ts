import { write } from 'node:fs';

/** Writes lines to a file descriptor in the background. */
export interface LineWriter {
  write(line: string): void;
  /** Resolves once all lines are written, or nobody reads them any more: true. After `within` milliseconds: false. */
  end(within: number): Promise<boolean>;
}

/** Characters that wait while nobody reads; lines beyond them are lost. */
const mostWaiting = 8 * 1024 * 1024;

/** How long a descriptor that takes nothing is left alone, in milliseconds. */
const pause = 20;

/**
 * Makes a `LineWriter`. The lines of a moment are written in one piece, never while a request waits. A reader that is gone
 * ends the writing; one that has stopped reading stops nothing but the lines.
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
      // A closed pipe, a full disk: there is nobody to tell.
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
