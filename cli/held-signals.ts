const held = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `act` to its end although a signal would end the process meanwhile; the signal ends it afterwards. */
export async function withSignalsHeld<T>(act: () => Promise<T>): Promise<T> {
  let arrived: NodeJS.Signals | undefined;
  const hold = (signal: NodeJS.Signals) => {
    arrived ??= signal;
  };
  for (const signal of held) process.on(signal, hold);
  try {
    return await act();
  } finally {
    for (const signal of held) process.off(signal, hold);
    if (arrived) process.kill(process.pid, arrived);
  }
}
