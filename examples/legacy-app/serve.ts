import { legacyApp } from './server.ts';

/** The service alone, for whatever stands in front of it: `HOST` and `PORT` say where it listens. */
const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const server = legacyApp().listen(Number(PORT), HOST);
process.once('SIGTERM', () => server.closeAllConnections());
process.once('SIGTERM', () => server.close());
