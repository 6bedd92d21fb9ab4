import { type ClientHttp2Session, connect } from 'node:http2';

/** Loads a server over HTTP/2 and prints what it measured as JSON: started by `load` on a core of its own. */
type Asked = Readonly<{ url: string; headers: readonly string[]; seconds: number; connections: number }>;
const { url, headers, seconds, connections } = JSON.parse(process.argv[2] ?? '') as Asked;
const { origin, pathname, search } = new URL(url);

const sent = Object.fromEntries([
  [':path', pathname + search],
  ...headers.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
]);

/** As browsers do, a few connections with many requests at once on each. */
const perSession = 8;
const times: number[] = [];
let failure: string | undefined;

function ask(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const stream = session.request(sent);
    stream.on('response', ({ ':status': status }) => {
      if (status !== 200 && status !== 204) failure = `answered ${status}`;
    });
    stream.on('error', (error) => {
      failure = error.message;
    });
    stream.on('close', () => {
      times.push(performance.now() - startedAt);
      resolve();
    });
    stream.resume();
  });
}

async function keepAsking(session: ClientHttp2Session, until: number): Promise<void> {
  while (performance.now() < until && failure === undefined) await ask(session);
}

const until = performance.now() + seconds * 1000;
const sessions = Array.from({ length: Math.ceil(connections / perSession) }, () => {
  const session = connect(origin, { rejectUnauthorized: false });
  return session.on('error', (error) => {
    failure = error.message;
  });
});
await Promise.all(sessions.flatMap((session) => Array.from({ length: perSession }, () => keepAsking(session, until))));
for (const session of sessions) session.close();

times.sort((a, b) => a - b);
const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN;
console.log(JSON.stringify({ perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), failure }));
