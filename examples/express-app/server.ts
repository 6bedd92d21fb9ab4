import { once } from 'node:events';
import type { Server } from 'node:http';
import express, { type Express, type Request } from 'express';
import type { Gatewarden } from 'gatewarden';
import { type Note, page } from './page.ts';

/** The app: a public page, a board that viewers read and users write to, and an operator's page. */
export function boardApp(gate: Gatewarden): Express {
  const notes: Note[] = [];
  const app = express();
  app.disable('x-powered-by');
  app.use(express.urlencoded({ extended: false, limit: '10kb' }));

  app.use('/auth', gate.router());
  app.use(gate.authenticate());
  app.get('/health', (_req, res) => void res.send('ok'));
  app.get('/', (req, res) => void res.send(page({ title: 'Welcome', who: req.auth, body: 'Anybody may read this.' })));

  app.use(gate.requireRole('viewer'));
  app.get('/notes', (req, res) => void res.send(page({ title: 'Notes', who: req.auth, notes, form: true })));
  app.post('/notes', gate.requireRole('user'), (req, res) => {
    notes.push({ by: req.auth.name, text: fieldOf(req, 'text') });
    res.redirect(303, '/notes');
  });
  app.get(
    '/notes/:owner',
    gate.requireSelf((req) => req.params.owner, { or: 'operator' }),
    (req, res) => {
      const owned = notes.filter((note) => note.by === req.params.owner);
      res.send(page({ title: `Notes of ${textOf(req.params.owner)}`, who: req.auth, notes: owned }));
    },
  );
  app.get('/machine', gate.requireRole('operator'), (req, res) => {
    res.send(page({ title: 'Machine', who: req.auth, body: `Up for ${Math.round(process.uptime())} seconds.` }));
  });
  return app;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function fieldOf(req: Request, name: string): string {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null) return '';
  return textOf(Object.entries(body).find(([key]) => key === name)?.[1]).slice(0, 500);
}

/** Listens on a loopback port and gives the server and its address. */
export async function serve(app: Express, port: number): Promise<{ server: Server; address: string }> {
  const server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const actual = bound !== null && typeof bound !== 'string' ? bound.port : port;
  return { server, address: `http://127.0.0.1:${actual}` };
}
