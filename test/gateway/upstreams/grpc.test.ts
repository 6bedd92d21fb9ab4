import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type CallOptions, ChannelCredentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Certificate, certificateIn } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { gatewayTo, type TestGateway } from '../started.ts';
import { until } from '../until.ts';
import { EchoClient, type GrpcService, grpcService } from './grpc-service.ts';

const host = 'grpc.example';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let certificate: Certificate;
let service: GrpcService;
let gateway: TestGateway;
let client: InstanceType<typeof EchoClient>;
let ada: Metadata;

const clientOf = ({ port }: TestGateway): InstanceType<typeof EchoClient> =>
  new EchoClient(`127.0.0.1:${port}`, ChannelCredentials.createSsl(readFileSync(certificate.authority)), {
    'grpc.ssl_target_name_override': host,
    'grpc.default_authority': host,
    'grpc.enable_retries': 0,
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });

const metadataOf = (headers: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
};

before(async () => {
  folder = await temporaryFolder();
  certificate = await certificateIn(folder.path, `DNS:${host},IP:127.0.0.1`);
  service = await grpcService();
  const file = `routes:
  - host: ${host}
    upstream: h2://127.0.0.1:${service.port}
    rules: user * /**
`;
  // Both are shorter than the silence within a stream below.
  const limits = { upstreamTimeout: 1000, bodyStall: 1000 };
  const options = { tlsCert: certificate.cert, tlsKey: certificate.key };
  gateway = await gatewayTo(undefined, { file, options, limits });
  client = clientOf(gateway);
  ada = metadataOf(await gateway.bearer('ada'));
});
after(async () => {
  client.close();
  for (const one of [gateway, service, folder]) await one[Symbol.asyncDispose]();
});

type Unary = Readonly<{ error: ServiceError | null; value: Buffer | undefined; first: Metadata; last: Metadata }>;

function unary(name: string, message: Buffer, metadata = ada, options: CallOptions = {}): Promise<Unary> {
  return new Promise((resolve) => {
    let first = new Metadata();
    let result: Pick<Unary, 'error' | 'value'>;
    const call = client.makeUnaryRequest(
      `/test.Echo/${name}`,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      message,
      metadata,
      options,
      (error, value) => {
        result = { error, value };
      },
    );
    call.on('metadata', (received) => {
      first = received;
    });
    call.on('status', (ended) => setImmediate(() => resolve({ ...result, first, last: ended.metadata })));
  });
}

test('a call with an API token in its metadata: the service knows whose it is, and metadata comes before and after the answer', async () => {
  const { error, value, first, last } = await unary('Echo', Buffer.from('hello'));
  deepEqual([error, value?.toString()], [null, 'hello']);
  deepEqual(first.get('x-user'), ['ada']);
  deepEqual([last.get('x-length'), last.get('x-sum-bin')], [['5'], [Buffer.from([0, 255, 10])]]);
  const seen = service.seen.calls.at(-1);
  deepEqual(seen?.get('authorization'), []);
});

test('without a token the call is refused, and the service sees nothing of it', async () => {
  const before = service.seen.calls.length;
  const { error } = await unary('Echo', Buffer.from('hello'), new Metadata());
  equal(error?.code, status.UNAUTHENTICATED);
  equal(service.seen.calls.length, before);
});

test('the status of a failed call, its text and its metadata arrive', async () => {
  const { error } = await unary('Fail', Buffer.from('x'));
  equal(error?.code, status.NOT_FOUND);
  equal(error.details, 'no such thing: é');
  deepEqual(error.metadata.get('x-reason'), ['there is none']);
});

test('a method that the service does not have: a status without any answer', async () => {
  const { error } = await unary('Unheard', Buffer.from('x'));
  equal(error?.code, status.UNIMPLEMENTED);
});

test('messages of megabytes pass, and many calls at a time', async () => {
  const big = Buffer.alloc(3_500_000, 'x');
  const { value } = await unary('Echo', big);
  ok(value?.equals(big));
  const answers = await Promise.all(Array.from({ length: 120 }, (_, at) => unary('Echo', Buffer.from(String(at)))));
  deepEqual(
    answers.map((answer) => answer.value?.toString()),
    answers.map((_, at) => String(at)),
  );
});

const bytes = (message: Buffer): Buffer => message;

test('the service streams, at the pace of the client', async () => {
  const call = client.makeServerStreamRequest('/test.Echo/Count', bytes, bytes, Buffer.from('[200, 20000]'), ada);
  const sizes: number[] = [];
  for await (const message of call) {
    sizes.push(message.length);
    if (sizes.length % 50 === 0) await wait(20);
  }
  deepEqual(sizes, Array(200).fill(20_000));
});

test('the client streams', async () => {
  const total = await new Promise<string>((resolve, reject) => {
    const call = client.makeClientStreamRequest('/test.Echo/Sum', bytes, bytes, ada, (error, value) =>
      error === null ? resolve(String(value)) : reject(error),
    );
    for (let at = 0; at < 100; at += 1) call.write(Buffer.alloc(1000));
    call.end();
  });
  equal(total, '100000');
});

test('both stream, message by message, also after a silence that is longer than any limit', async () => {
  const call = client.makeBidiStreamRequest('/test.Echo/Chat', bytes, bytes, ada);
  call.on('error', () => undefined);
  const heard: string[] = [];
  for (const [message, silence] of [
    ['one', 0],
    ['two', 2500],
    ['three', 0],
  ] as const) {
    await wait(silence);
    call.write(Buffer.from(message));
    const [answer] = await once(call, 'data', { signal: AbortSignal.timeout(20_000) });
    heard.push(String(answer));
  }
  call.end();
  const [ended] = await once(call, 'status');
  deepEqual([heard, ended.code], [['heard one', 'heard two', 'heard three'], status.OK]);
});

test('a call that the client cancels is cancelled at the service', async () => {
  const before = service.seen.cancelled();
  const call = client.makeBidiStreamRequest('/test.Echo/Chat', bytes, bytes, ada);
  call.on('error', () => undefined);
  call.write(Buffer.from('begun'));
  await once(call, 'data');
  call.cancel();
  await until(() => equal(service.seen.cancelled(), before + 1));
});

test('a deadline ends the call on both sides', async () => {
  const before = service.seen.cancelled();
  const { error } = await unary('Never', Buffer.from('x'), ada, { deadline: Date.now() + 500 });
  equal(error?.code, status.DEADLINE_EXCEEDED);
  await until(() => equal(service.seen.cancelled(), before + 1));
});

test('a service that does not answer in time: an error of the gateway', async () => {
  const { error } = await unary('Never', Buffer.from('x'));
  equal(error?.code, status.UNAVAILABLE);
  match(error.details, /504/);
});

test('a call that runs ends when its token is revoked', async () => {
  const bob = metadataOf(await gateway.bearer('bob'));
  const call = client.makeBidiStreamRequest('/test.Echo/Chat', bytes, bytes, bob);
  const ended = new Promise<ServiceError>((resolve) => call.on('error', resolve));
  call.write(Buffer.from('begun'));
  await once(call, 'data');
  const before = service.seen.cancelled();
  await gateway.gate.tokens.revoke('bob', 'test');
  const error = await ended;
  ok(error.code !== status.OK);
  await until(() => equal(service.seen.cancelled(), before + 1));
});

test('a service that is gone is unavailable', async () => {
  await service[Symbol.asyncDispose]();
  const { error } = await unary('Echo', Buffer.from('x'));
  equal(error?.code, status.UNAVAILABLE);
});
