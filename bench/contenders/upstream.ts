import { createServer } from 'node:http';

/** The service behind every proxy of the bench: one kilobyte of JSON. */
const body = JSON.stringify({ answer: 'x'.repeat(1000) });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

createServer((_req, res) => res.writeHead(200, headers).end(body)).listen(Number(process.env.PORT), '127.0.0.1');
