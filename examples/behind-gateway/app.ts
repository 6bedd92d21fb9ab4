import express, { type Express } from 'express';
import { type FromGatewayOptions, fromGateway } from 'gatewarden';

type Entry = Readonly<{ owner: string; text: string }>;

/** A diary: everybody is greeted, and each person reads and writes entries of their own. */
export function diaryApp(options: FromGatewayOptions): Express {
  const entries: Entry[] = [];
  const app = express();
  app.disable('x-powered-by');

  // Asked by what watches the process, which does not come through the gateway.
  app.get('/health', (_req, res) => void res.send('ok'));
  app.use(fromGateway(options));

  app.get('/', (req, res) => void res.json({ hello: req.auth.kind === 'anonymous' ? 'nobody' : req.auth.name }));
  // The gateway's rules require a role below /entries, so everybody here has an id.
  app.get('/entries', (req, res) => {
    res.json(entries.filter(({ owner }) => owner === req.auth.id).map(({ text }) => text));
  });
  app.post('/entries', express.json({ limit: '10kb' }), (req, res) => {
    const text = textIn(req.body);
    if (text === undefined) return void res.status(400).json({ error: 'send {"text": "…"}' });
    entries.push({ owner: req.auth.id, text });
    res.status(201).json({ text });
  });
  return app;
}

function textIn(body: unknown): string | undefined {
  const given = typeof body === 'object' && body !== null && 'text' in body ? body.text : undefined;
  return typeof given === 'string' && given !== '' ? given : undefined;
}
