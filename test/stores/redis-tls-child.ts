import { openRedis } from '../../lib/stores/redis/index.ts';
import { silent, until } from './redis-opened.ts';

/**
 * Opens the stores on the URL in `STORE_URL` and prints `heard` when a message came back through the channel, or the message
 * with which the start fails. A process of its own, since authorities are read when a process starts.
 */
const opening = openRedis({ url: process.env.STORE_URL ?? '', log: silent, patience: Number(process.env.PATIENCE) });
const [outcome] = await Promise.allSettled([opening]);
if (outcome.status === 'rejected') {
  console.log(outcome.reason instanceof Error ? outcome.reason.message : 'no error');
} else {
  const { bus, sessions, health, close } = outcome.value;
  const heard: string[] = [];
  bus.subscribe((message) => heard.push(JSON.stringify(message)));
  await bus.publish({ kind: 'user', id: 'u_ada' });
  await until(() => heard.some((message) => message.includes('u_ada')), 60_000);
  await sessions.find('nobody', Date.now());
  const isWell = (await health()).every(({ ok }) => ok);
  console.log(isWell ? 'heard' : 'not well');
  await close();
}
