import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import { homePage, messagePage, operatorPage } from './pages.ts';

/*
 * A service from before anybody thought of sign-in: plain node:http, no auth, no sessions. It believes what the proxy in front
 * of it says about who asks.
 */

const notes: { author: string; text: string }[] = [];

const header = (req: IncomingMessage, name: string): string => {
  const value = req.headers[name];
  // Names are UTF-8 bytes in headers; Node hands them over as Latin-1.
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : '';
};

/** Who asks, as the proxy tells: '' when nobody is signed in. */
const userOf = (req: IncomingMessage): string => header(req, 'x-forwarded-user') || header(req, 'remote-user');

function html(res: ServerResponse, body: string, status = 200): void {
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(body);
}

function home(req: IncomingMessage, res: ServerResponse): void {
  html(res, homePage({ user: userOf(req), groups: header(req, 'x-forwarded-groups'), notes }));
}

async function addNote(req: IncomingMessage, res: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of req.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 10_000) return html(res, messagePage('That note is too long.'), 413);
  }
  const text = new URLSearchParams(body).get('text')?.trim() ?? '';
  if (text !== '') notes.unshift({ author: userOf(req), text: text.slice(0, 500) });
  notes.length = Math.min(notes.length, 20);
  res.writeHead(303, { location: '/' }).end();
}

/** Counts what arrives and keeps none of it. */
async function upload(req: IncomingMessage, res: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of req) bytes += chunk.length;
  res.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify({ bytes, user: userOf(req) })}\n`);
}

/** One server-sent event a second, for as long as somebody listens. */
function events(req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  let count = 0;
  const send = () => res.write(`data: ${JSON.stringify({ count: ++count, time: new Date().toISOString() })}\n\n`);
  send();
  const timer = setInterval(send, 1000);
  req.once('close', () => clearInterval(timer));
}

function headersSeen(req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(req.headers, null, 2)}\n`);
}

type Page = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

const routes: Readonly<Record<string, Page>> = {
  'GET /': home,
  'POST /notes': addNote,
  'POST /upload': upload,
  'PUT /upload': upload,
  'GET /events': events,
  'GET /headers': headersSeen,
  'GET /operator': (req, res) => html(res, operatorPage({ user: userOf(req), notes: notes.length })),
  'GET /health': (_req, res) => void res.end('ok\n'),
};

/** Every message comes back, and one goes out each second by itself. */
function openSockets(server: Server): void {
  const sockets = new WebSocketServer({ server, path: '/socket' });
  sockets.on('connection', (socket, req) => {
    const user = userOf(req);
    const timer = setInterval(() => socket.send(JSON.stringify({ tick: new Date().toISOString() })), 1000);
    socket.send(JSON.stringify({ hello: user }));
    socket.on('message', (data) => socket.send(JSON.stringify({ echo: String(data), user })));
    socket.on('close', () => clearInterval(timer));
    socket.on('error', () => socket.terminate());
  });
}

/** The legacy service: not listening yet. */
export function legacyApp(): Server {
  const server = createServer((req, res) => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname;
    const page = routes[`${req.method === 'HEAD' ? 'GET' : req.method} ${path}`];
    if (page === undefined) return html(res, messagePage('There is nothing here.'), 404);
    Promise.resolve(page(req, res)).catch(() => res.destroy());
  });
  openSockets(server);
  return server;
}
