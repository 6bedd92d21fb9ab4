import { dataFolder, launchGateway, superuser } from './gateway.ts';

const json = { 'content-type': 'application/json' };

async function sent(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const answer = await fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, string>;
}

/** Our gateway with a client; `headers` are those with which it asks for its tokens. */
export async function startTokenEndpoint() {
  const folder = await dataFolder();
  const gateway = await launchGateway('http://127.0.0.1:9', folder.path, superuser);
  const own = `${gateway.url}/_gatewarden`;
  const credentials = { username: superuser.GATEWARDEN_SUPERUSER, password: superuser.GATEWARDEN_SUPERUSER_PASSWORD };
  const { token } = await sent(`${own}/api/v1/login`, credentials);
  const client = { client_id: 'bench', name: 'Bench', role: 'viewer', scopes: ['gatewarden:read'] };
  const { client_secret: secret } = await sent(`${own}/api/v1/clients`, client, { authorization: `Bearer ${token}` });
  return {
    url: own,
    headers: [`Authorization: Basic ${btoa(`bench:${secret}`)}`],
    pid: gateway.pid,
    async stop() {
      await gateway.stop();
      await folder.remove();
    },
  };
}
