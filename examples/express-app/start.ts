import { gatewarden } from 'gatewarden';
import { boardApp, serve } from './server.ts';

const gate = await gatewarden(); // settings from GATEWARDEN_*
const { server, address } = await serve(boardApp(gate), gate.settings.port);
console.log(`Listening on ${address}`);

process.once('SIGTERM', () => {
  server.close();
  void gate.close();
});
