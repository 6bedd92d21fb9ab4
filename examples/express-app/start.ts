import { gatewarden } from 'gatewarden';
import { onNpmEnd } from '../npm-parent.ts';
import { boardApp, serve } from './server.ts';

const gate = await gatewarden(); // settings from GATEWARDEN_*
const { server, address } = await serve(boardApp(gate), gate.settings.port);
console.log(`Listening on ${address}`);

function stop(): void {
  server.close();
  void gate.close();
}

process.once('SIGTERM', stop);
onNpmEnd(stop);
