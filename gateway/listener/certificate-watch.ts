import { unwatchFile, watchFile } from 'node:fs';
import { type KeyPair, readKeyPair, type TlsFiles } from './key-pair.ts';

type Listener = Readonly<{
  /** The files have changed and fit. */
  onPair(pair: KeyPair): void;
  /** The files have changed and cannot be used. Called once until they change again. */
  onProblem(error: unknown): void;
}>;

/** Milliseconds between two looks at the files, and until both are taken for written. */
const interval = 1000;
const settle = 300;

/**
 * Watches the files of a certificate and its key, also where they are replaced, or are links whose target changes. The files are
 * polled: what tells of changes in folders knows nothing of the targets of links. Returns an unsubscribe function.
 */
export function watchKeyPair(files: TlsFiles, before: KeyPair, { onPair, onProblem }: Listener): () => void {
  let current = before;
  let timer: NodeJS.Timeout | undefined;

  function read(): void {
    try {
      const pair = readKeyPair(files);
      if (pair.cert.equals(current.cert) && pair.key.equals(current.key)) return;
      onPair(pair);
      current = pair;
    } catch (error) {
      onProblem(error);
    }
  }

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(read, settle).unref();
  }

  for (const file of [files.cert, files.key]) watchFile(file, { interval, persistent: false }, changed);
  return () => {
    clearTimeout(timer);
    for (const file of [files.cert, files.key]) unwatchFile(file, changed);
  };
}
