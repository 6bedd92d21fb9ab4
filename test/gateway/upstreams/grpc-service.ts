import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';

const bytes = (message: Buffer): Buffer => message;

const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Echo/${name}`,
  requestStream,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
});

/** A service whose messages are bytes. */
const definition = {
  echo: method('Echo', false, false),
  fail: method('Fail', false, false),
  never: method('Never', false, false),
  count: method('Count', false, true),
  sum: method('Sum', true, false),
  chat: method('Chat', true, true),
} satisfies ServiceDefinition;

export const EchoClient = makeGenericClientConstructor(definition, 'test.Echo');

export interface GrpcService extends AsyncDisposable {
  readonly port: number;
  /** The metadata of each call, and `cancelled` for each that was. */
  readonly seen: Readonly<{ calls: readonly Metadata[]; cancelled: () => number }>;
}

/** A gRPC server without TLS on a free loopback port. `Fail` has status and metadata, `Never` does not answer. */
export async function grpcService(): Promise<GrpcService> {
  const calls: Metadata[] = [];
  let cancelled = 0;

  function note(call: { metadata: Metadata; on(event: 'cancelled', listener: () => void): unknown }): void {
    calls.push(call.metadata);
    call.on('cancelled', () => {
      cancelled += 1;
    });
  }

  const echo: handleUnaryCall<Buffer, Buffer> = (call, done) => {
    note(call);
    const trailers = new Metadata();
    trailers.set('x-length', String(call.request.length));
    trailers.set('x-sum-bin', Buffer.from([0, 255, 10]));
    const first = new Metadata();
    first.set('x-user', String(call.metadata.get('x-forwarded-user')[0] ?? ''));
    call.sendMetadata(first);
    done(null, call.request, trailers);
  };
  const fail: handleUnaryCall<Buffer, Buffer> = (call, done) => {
    note(call);
    const metadata = new Metadata();
    metadata.set('x-reason', 'there is none');
    done({ code: status.NOT_FOUND, details: 'no such thing: é', metadata });
  };
  const never: handleUnaryCall<Buffer, Buffer> = (call) => note(call);
  const count: handleServerStreamingCall<Buffer, Buffer> = async (call) => {
    note(call);
    const [times = 0, size = 0] = JSON.parse(call.request.toString());
    for (let at = 0; at < times; at += 1) {
      if (!call.write(Buffer.alloc(size, at % 256))) await new Promise((resolve) => call.once('drain', resolve));
    }
    call.end();
  };
  const sum: handleClientStreamingCall<Buffer, Buffer> = (call, done) => {
    note(call);
    let total = 0;
    call.on('data', (message: Buffer) => {
      total += message.length;
    });
    call.on('end', () => done(null, Buffer.from(String(total))));
  };
  const chat: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    note(call);
    call.on('data', (message: Buffer) => call.write(Buffer.concat([Buffer.from('heard '), message])));
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  };

  const server = new Server();
  server.addService(definition, { echo, fail, never, count, sum, chat });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return {
    port,
    seen: { calls, cancelled: () => cancelled },
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}
