import { equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { gatewayProcess } from './process.ts';
import { upstreamThat } from './started.ts';

const size = 300 * 1024 * 1024;
const chunk = Buffer.alloc(1024 * 1024, 'x');

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function upload(url: string, watch: () => void): Promise<string> {
  const asked = request(url, { method: 'POST', headers: { 'content-length': size } });
  const response = once(asked, 'response');
  for (let sent = 0; sent < size; sent += chunk.length) {
    watch();
    if (!asked.write(chunk)) await once(asked, 'drain');
  }
  asked.end();
  const [answer] = await response;
  return text(answer);
}

test('300 MB up and 300 MB down go through with flat memory', async () => {
  await using upstream = await upstreamThat(async (req, res) => {
    let bytes = 0;
    for await (const one of req) bytes += one.length;
    if (req.method === 'POST') return void res.end(String(bytes));
    for (let sent = 0; sent < size; sent += chunk.length) if (!res.write(chunk)) await once(res, 'drain');
    res.end();
  });
  await using running = await gatewayProcess(upstream.url);
  const { gateway } = running;
  const url = await running.url();
  await fetch(`${url}/warm`);
  const before = residentMegabytes(gateway.pid);
  let peak = 0;
  const watch = () => {
    peak = Math.max(peak, residentMegabytes(gateway.pid));
  };
  equal(await upload(`${url}/upload`, watch), String(size));
  let read = 0;
  for await (const one of (await fetch(`${url}/download`)).body ?? []) {
    read += one.length;
    watch();
  }
  equal(read, size);
  // Node frees buffers late when the machine is busy; held bodies would be 400 MB.
  ok(peak - before < 160, `memory grew by ${Math.round(peak - before)} MB`);
  equal(await gateway.stop(), 0);
});
