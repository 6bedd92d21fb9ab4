import { openBrowser } from './browser.ts';
import { CommandError, exit } from './exit.ts';
import type { Output } from './output.ts';
import { approvedDevice, beginDevice } from './remote/device.ts';
import type { Tokens } from './remote/token-requests.ts';
import type { Globals } from './shared-options.ts';

/** Signs in by a browser, on this machine or another: shows where to go and the code to type there, and waits. */
export async function signInByBrowser(server: string, { quiet, output }: Globals, out: Output): Promise<Tokens> {
  const request = await beginDevice(server);
  return untilInterrupted((signal) => {
    out.instruct(`Open ${request.page} and type the code ${request.userCode}`);
    const mayOpen = !quiet && output !== 'json' && process.stdin.isTTY === true && process.stderr.isTTY === true;
    if (mayOpen && openBrowser(request.pageWithCode)) out.note('A browser was told to open that page.');
    return approvedDevice(server, request, signal);
  });
}

async function untilInterrupted<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new CommandError(exit.usage, 'usage', 'Stopped: nobody was signed in.'));
  process.once('SIGINT', stop);
  try {
    return await act(interrupt.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}
