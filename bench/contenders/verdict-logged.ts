import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { accessLine } from './access-line.ts';

/** The quickest service that a front proxy can ask about each request: it allows everything, and logs it. */
createServer((req, res) => {
  accessLine(req, res, randomUUID(), () => 0);
  res.writeHead(204).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
