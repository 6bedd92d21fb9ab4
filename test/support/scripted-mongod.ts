import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { mongo } from 'mongoose';
import { type Documents, documents, type Fields } from './scripted-documents.ts';
import { type Request, replyTo, requestReader } from './scripted-wire.ts';

/** What a member does with a command. */
export type Scripted =
  /** Answers this and executes nothing. */
  | Readonly<{ kind: 'answer'; reply: Fields }>
  /** Executes it and adds these fields to the reply. */
  | Readonly<{ kind: 'add'; fields: Fields }>
  /** Closes the connection, before or after the command is executed. */
  | Readonly<{ kind: 'close'; executed: boolean }>;

/** Returns what is done with a command; `undefined`: what a member of its role does. */
export type Script = (name: string, command: Fields) => Scripted | undefined;

/** One server of a scripted replica set. */
export interface Member {
  readonly host: string;
  /** Commands other than greetings, each with its reply; `undefined` where the connection was closed. */
  readonly commands: readonly Readonly<{ name: string; command: Fields; reply: Fields | undefined }>[];
  script: Script;
}

/** Servers that speak MongoDB's protocol well enough for its driver, and answer as a test says. They share their documents. */
export interface ScriptedSet {
  readonly members: readonly Member[];
  url(options?: string): string;
  /** Moves the role; `undefined`: there is no primary. */
  elect(member: number | undefined): void;
  /** As `elect`, and the one before does not know: it goes on as a primary, of the election before. */
  electBehind(member: number): void;
}

/** A refusal of a server, with the label that real ones put on what may be tried again. */
export const refusal = (code: number, codeName: string, command: Fields = {}): Scripted => ({
  kind: 'answer',
  reply: {
    ...{ ok: 0, code, codeName, errmsg: codeName },
    ...('txnNumber' in command && { errorLabels: ['RetryableWriteError'] }),
  },
});

export const writes: readonly string[] = ['insert', 'update', 'delete', 'findAndModify', 'createIndexes'];
const served: readonly string[] = ['ping', 'endSessions'];

type State = { primary: number | undefined; former: number | undefined; elections: number; hosts: string[] };

const actsAsPrimary = ({ primary, former }: State, at: number): boolean => primary === at || former === at;

function greeting(state: State, at: number): Fields {
  const { primary, elections, hosts } = state;
  const isPrimary = actsAsPrimary(state, at);
  const known = isPrimary ? at : primary;
  const main = known === undefined ? undefined : hosts[known];
  return {
    ...{ ok: 1, helloOk: true, isWritablePrimary: isPrimary, ismaster: isPrimary, secondary: !isPrimary },
    ...{ setName: 'rs', setVersion: 1, hosts, me: hosts[at], ...(main !== undefined && { primary: main }) },
    ...(isPrimary && { electionId: mongo.ObjectId.createFromTime(primary === at ? elections : elections - 1) }),
    ...{ maxBsonObjectSize: 2 ** 24, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
    ...{ localTime: new Date(), logicalSessionTimeoutMinutes: 30, minWireVersion: 0, maxWireVersion: 21 },
  };
}

/** What a member that is not the primary answers. */
function roleOf(name: string, command: Fields): Scripted | undefined {
  if (served.includes(name)) return undefined;
  if (writes.includes(name)) return refusal(10107, 'NotWritablePrimary', command);
  return refusal(13435, 'NotPrimaryNoSecondaryOk', command);
}

const unknown: Fields = {
  ok: 0,
  code: 59,
  codeName: 'CommandNotFound',
  errmsg: 'the scripted server does not know it',
};

/** The reply to a command; `undefined`: the connection is closed. */
function replyOf(shared: Documents, command: Fields, scripted: Scripted | undefined): Fields | undefined {
  if (scripted?.kind === 'answer') return scripted.reply;
  if (scripted?.kind === 'close' && !scripted.executed) return undefined;
  const reply = shared.execute(command) ?? unknown;
  if (scripted?.kind === 'close') return undefined;
  return { ...reply, ...scripted?.fields };
}

async function listen(t: TestContext, onSocket: (socket: Socket) => void, tls: TlsOptions | undefined) {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onSocket(socket);
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return `127.0.0.1:${address.port}`;
}

async function memberOf(t: TestContext, state: State, at: number, shared: Documents, tls: TlsOptions | undefined) {
  const commands: Member['commands'][number][] = [];
  const member = { host: '', commands, script: (() => undefined) as Script };

  function answer(socket: Socket, request: Request): void {
    const { command } = request;
    const name = Object.keys(command)[0] ?? '';
    if (/^(hello|ismaster)$/i.test(name)) return void socket.write(replyTo(request, greeting(state, at)));
    const scripted = member.script(name, command) ?? (actsAsPrimary(state, at) ? undefined : roleOf(name, command));
    const reply = replyOf(shared, command, scripted);
    commands.push({ name, command, reply });
    if (reply === undefined) socket.destroy();
    else socket.write(replyTo(request, reply));
  }
  const onSocket = (socket: Socket) =>
    void socket.on(
      'data',
      requestReader((request) => answer(socket, request)),
    );
  member.host = await listen(t, onSocket, tls);
  return member;
}

/** Starts a replica set whose first member is the primary. It ends with the test. */
export async function scriptedSet(t: TestContext, size: number, tls?: TlsOptions): Promise<ScriptedSet> {
  const state: State = { primary: 0, former: undefined, elections: 1, hosts: [] };
  const shared = documents();
  const members: Member[] = [];
  for (let at = 0; at < size; at += 1) members.push(await memberOf(t, state, at, shared, tls));
  state.hosts = members.map(({ host }) => host);
  return {
    members,
    url: (options = '') => `mongodb://${state.hosts.join(',')}/gate?replicaSet=rs${options}`,
    elect(member) {
      Object.assign(state, { primary: member, former: undefined, elections: state.elections + 1 });
    },
    electBehind(member) {
      Object.assign(state, { primary: member, former: state.primary, elections: state.elections + 1 });
    },
  };
}
