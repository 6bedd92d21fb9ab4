import { WebSocket } from 'ws';
import { run } from '../support/processes.ts';
import { ownEnvironment } from './install.ts';

type CommandOptions = Readonly<{ input?: string; cwd?: string; env?: Readonly<Record<string, string>>; fails?: true }>;

/** Runs a program to its end and gives what it printed; rejects with it when it fails, or does not with `fails`. */
export type Command = (program: string, args: readonly string[], options?: CommandOptions) => Promise<string>;

/** Runs commands in `folder`, which is their home too. */
export function runCommand(folder: string): Command {
  return async (program, args, { input, cwd = folder, env = {}, fails } = {}) => {
    const options = { cwd, env: ownEnvironment({ HOME: folder, ...env }), timeout: 60_000 };
    const ran = await run(program, args, input === undefined ? options : { ...options, input });
    const said = `${ran.stdout}${ran.stderr}`;
    if ((ran.code === 0) === (fails === true)) throw new Error(`${program} ended with ${ran.code}:\n${said}`);
    return said;
  };
}

/** Opens a WebSocket as a program does, with an API token, and gives the first message that comes. */
export function firstMessage(
  url: string,
  token: string,
  options: Readonly<{ send?: string; headers?: Readonly<Record<string, string>> }> = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = options.headers ?? { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url.replace('http', 'ws'), { headers, handshakeTimeout: 20_000 });
  const timer = setTimeout(() => reject(new Error(`nothing came over ${url}`)), 60_000);
  socket.on('open', () => options.send !== undefined && socket.send(options.send));
  socket.on('error', reject);
  socket.on('close', (code) => reject(new Error(`${url} was closed with ${code}`)));
  socket.on('message', (data: Buffer) => resolve(data.toString()));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.terminate();
  });
}
