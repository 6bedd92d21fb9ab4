/** Drops the warning of Node 22 that `node:sqlite` is experimental. Other warnings are kept. */
export function dropSqliteWarning(target: { emitWarning: typeof process.emitWarning }): void {
  const emitWarning = target.emitWarning;
  target.emitWarning = function emitOtherWarnings(warning: string | Error, ...more: unknown[]): void {
    const text = typeof warning === 'string' ? warning : warning.message;
    if (/^SQLite is an experimental feature/.test(text)) return;
    Reflect.apply(emitWarning, target, [warning, ...more]);
  };
}

/** Ends the process quietly when the reader of its output closes the pipe, as `head` does. */
export function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
