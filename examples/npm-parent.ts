/**
 * Calls `end` once npm, as whose script this process runs, has ended: npm passes a signal to its shell only, and the shell
 * ends without us. Does nothing in a process that npm did not start.
 */
export function onNpmEnd(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500).unref();
}
