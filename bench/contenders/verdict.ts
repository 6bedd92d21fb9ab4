import { createServer } from 'node:http';

/** The service that nginx asks about each request: the quickest there can be, it allows everything. */
createServer((_req, res) => res.writeHead(204).end()).listen(Number(process.env.PORT), '127.0.0.1');
