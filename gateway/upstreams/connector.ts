import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import connectorOf from 'undici/lib/core/connect.js';

/**
 * Errors of connections that had answered a request before: the upstream closed a kept connection, it did not abort a
 * request.
 */
const whileKept = new WeakSet<Error>();

/** Whether an error is of a connection on which the upstream had answered before. */
export const failedWhileKept = (error: Error): boolean => whileKept.has(error);

export const markFailedWhileKept = (error: Error): void => void whileKept.add(error);

/** Errors of connections that were never made. */
const whileConnecting = new WeakSet<Error>();

/** Whether a connection could not be made: nothing of the request was sent. */
export const failedToConnect = (error: Error): boolean => whileConnecting.has(error);

export const markFailedToConnect = (error: Error): void => void whileConnecting.add(error);

/** How long an answer may still arrive after the upstream has stopped reading, in milliseconds. */
const grace = 1000;

/**
 * Connects to the upstream: undici's connector, with sockets that read an early answer after a failed write, and certificates
 * checked for the upstream's own host name, where undici would use the Host header of the first request.
 */
export function upstreamConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = connectorOf(options);
  return function connectUpstream(target, callback) {
    const { servername: _ofRequest, ...upstream } = target;
    connect(upstream, (...[error, socket]) => {
      if (error !== null) {
        markFailedToConnect(error);
        return callback(error, null);
      }
      hearEarlyAnswers(socket);
      markWhenKept(socket);
      callback(null, socket);
    });
  };
}

function markWhenKept(socket: Socket): void {
  const before = socket.bytesRead;
  socket.on('error', (error) => {
    if (socket.bytesRead > before) markFailedWhileKept(error);
  });
}

type Done = (error?: Error | null) => void;

/**
 * An upstream may answer and close before it has read the body: the next write fails, while the answer waits to be read. Node
 * destroys a socket whose write fails, and the answer with it; here the failure is reported after a delay.
 */
function hearEarlyAnswers(socket: Socket): void {
  const patient = patiently(socket);
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, patient(done));
  const writev = socket._writev?.bind(socket);
  if (writev !== undefined) socket._writev = (chunks, done) => writev(chunks, patient(done));
}

function patiently(socket: Socket): (done: Done) => Done {
  let wrapped: Readonly<{ done: Done; patient: Done }> | undefined;

  function wrap(done: Done): Done {
    return function reportLater(error) {
      if (!isClosedPipe(error)) return done(error);
      setTimeout(() => {
        if (!socket.destroyed) done(error);
      }, grace).unref();
    };
  }

  return function patient(done) {
    // A stream has one callback for all its writes.
    if (wrapped?.done !== done) wrapped = { done, patient: wrap(done) };
    return wrapped.patient;
  };
}

const isClosedPipe = (error: Error | null | undefined): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
