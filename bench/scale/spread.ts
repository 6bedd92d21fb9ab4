import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, type Measured } from '../load.ts';

/** For wrk: each request has the `Cookie` header of one of the sessions in a file, at random. */
const script = (cookies: string): string => `
local requests = {}
function init()
  for cookie in io.lines(${JSON.stringify(cookies)}) do
    requests[#requests + 1] = wrk.format(nil, nil, { Cookie = cookie, Accept = 'application/json', Host = wrk.headers.Host })
  end
end
function request() return requests[math.random(#requests)] end
`;

type Spread = Readonly<{ url: string; cookies: readonly string[]; seconds: number; connections: number }>;

/** Loads a gateway with requests that are spread over these sessions. */
export async function loadSpread({ url, cookies, seconds, connections }: Spread): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'gatewarden-bench-'));
  try {
    const list = join(folder, 'cookies');
    await writeFile(list, cookies.join('\n'));
    return await load({ url: `${url}/`, headers: [], seconds, connections, script: script(list) });
  } finally {
    await rm(folder, { recursive: true });
  }
}
