import { openRedis } from '../../lib/stores/redis/index.ts';
import { silent } from './redis-opened.ts';

/**
 * A process of its own that shares a Redis: `node redis-instance.ts URL PREFIX`. It caches one thing until it hears that it
 * must not, and prints what it believes of it when it wakes from a second or more without running.
 */
const [url = '', prefix = ''] = process.argv.slice(2);
const { bus } = await openRedis({ url, prefix, log: silent });
let isCached = true;
let lastRan = performance.now();
let woke = false;

bus.subscribe(({ kind }) => {
  if (kind === 'user' || kind === 'all') isCached = false;
});

function look(): void {
  const now = performance.now();
  const trusted = bus.healthy;
  if (now - lastRan > 1_000) {
    woke = true;
    console.log(`awake: trusted ${trusted}, cached ${isCached}`);
  } else if (woke && trusted) {
    woke = false;
    console.log(`again: trusted ${trusted}, cached ${isCached}`);
  }
  lastRan = now;
}

setInterval(look, 5);
await bus.publish({ kind: 'token', id: 'ready' });
console.log('ready');
