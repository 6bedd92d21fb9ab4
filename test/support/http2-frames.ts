import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** Types of HTTP/2 frames (RFC 9113, 6). */
export const frameTypes = Object.freeze({
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
});

export const flags = Object.freeze({ ack: 0x1, endStream: 0x1, endHeaders: 0x4 });

export type Frame = Readonly<{ type: number; flags: number; stream: number; payload: Buffer }>;
export type Field = readonly [name: string, value: string];

/** A frame, byte for byte. */
export function frame(type: number, flag: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flag;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** An integer of HPACK with a prefix of seven bits (RFC 7541, 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  for (let rest = value - 127; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

const literal = (text: string): Buffer => Buffer.concat([integer(text.length), Buffer.from(text, 'latin1')]);

/** Header fields as literals that nobody remembers (RFC 7541, 6.2.2): any bytes can be sent, in any order. */
export const fieldBlock = (fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));

/** A frame with a whole head. */
export const headersFrame = (stream: number, fields: readonly Field[], endStream = true): Buffer =>
  frame(frameTypes.headers, flags.endHeaders | (endStream ? flags.endStream : 0), stream, fieldBlock(fields));

/** The code of a RST_STREAM or GOAWAY frame. */
export const codeOf = ({ type, payload }: Frame): number => payload.readUInt32BE(type === frameTypes.goaway ? 4 : 0);

/** An HTTP/2 connection that sends whatever it is told to. */
export interface RawHttp2 extends Disposable {
  readonly socket: TLSSocket;
  /** What came back, oldest first. */
  readonly frames: readonly Frame[];
  send(...bytes: Buffer[]): void;
  /** Resolves with the first frame that fits, also one of before; rejects when the connection closes without one. */
  heard(fits: (one: Frame) => boolean): Promise<Frame>;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Opens a connection over TLS and sends the preface with empty settings. */
export async function rawHttp2(port: number): Promise<RawHttp2> {
  const socket = connect({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const frames: Frame[] = [];
  let pending = Buffer.alloc(0);
  socket.on('data', (more: Buffer) => {
    pending = Buffer.concat([pending, more]);
    for (let length = wholeFrame(pending); length > 0; length = wholeFrame(pending)) {
      frames.push(readFrame(pending.subarray(0, length)));
      pending = pending.subarray(length);
      socket.emit('frame');
    }
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  socket.write(Buffer.concat([preface, frame(frameTypes.settings, 0, 0)]));
  return {
    socket,
    frames,
    closed,
    send: (...bytes) => void socket.write(Buffer.concat(bytes)),
    heard: (fits) => heardOn(socket, frames, fits),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function heardOn(socket: TLSSocket, frames: readonly Frame[], fits: (one: Frame) => boolean): Promise<Frame> {
  const { promise, resolve, reject } = Promise.withResolvers<Frame>();
  const told = () => JSON.stringify(frames.map(({ type, stream }) => ({ type, stream })));
  function look(): void {
    const found = frames.find(fits);
    if (found !== undefined) resolve(found);
  }
  socket.on('frame', look);
  socket.once('close', () => reject(new Error(`the connection closed after ${told()}`)));
  look();
  if (socket.destroyed) reject(new Error(`the connection is closed, after ${told()}`));
  return promise.finally(() => socket.off('frame', look));
}

const wholeFrame = (bytes: Buffer): number => {
  if (bytes.length < 9) return 0;
  const length = 9 + bytes.readUIntBE(0, 3);
  return bytes.length < length ? 0 : length;
};

const readFrame = (bytes: Buffer): Frame => ({
  type: bytes[3] ?? 0,
  flags: bytes[4] ?? 0,
  stream: bytes.readUInt32BE(5) & 0x7fffffff,
  payload: bytes.subarray(9),
});
