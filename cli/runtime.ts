/** Node 22 warns on stderr that `node:sqlite` is experimental: that one warning is dropped, every other one is kept. */
export function dropSqliteWarning(target: { emitWarning: typeof process.emitWarning }): void {
  const emitWarning = target.emitWarning;
  target.emitWarning = function emitOtherWarnings(warning: string | Error, ...more: unknown[]): void {
    const text = typeof warning === 'string' ? warning : warning.message;
    if (/^SQLite is an experimental feature/.test(text)) return;
    Reflect.apply(emitWarning, target, [warning, ...more]);
  };
}

/** Whoever reads our output may stop early, as `head` does: that ends the command quietly, as it ends any other. */
export function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
