import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { generateKeyPair, SignJWT } from 'jose';

/** The least that a token endpoint can do: read the form, and sign the claims that Gatewarden signs. */
const { privateKey } = await generateKeyPair('EdDSA');
const issuer = 'http://localhost:8080/_gatewarden';
const lifetime = 3600;
const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' };

async function issue(form: string): Promise<string> {
  if (new URLSearchParams(form).get('grant_type') !== 'client_credentials') throw new Error('another grant');
  const now = Math.floor(Date.now() / 1000);
  const access_token = await new SignJWT({ client_id: 'bench', scope: 'gatewarden:read', epoch: 0 })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'qUuN2iAKX4AwTWh4jGO6i8sySJ8DQzyB0FbFGPWk_aE' })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject('client:bench')
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(privateKey);
  return JSON.stringify({ access_token, token_type: 'Bearer', expires_in: lifetime, scope: 'gatewarden:read' });
}

function answer(res: ServerResponse, form: string): void {
  issue(form).then(
    (body) => res.writeHead(200, headers).end(body),
    () => res.writeHead(400).end(),
  );
}

createServer((req, res) => {
  let form = '';
  req.setEncoding('utf8').on('data', (text: string) => {
    form += text;
  });
  req.on('end', () => answer(res, form));
}).listen(Number(process.env.PORT), '127.0.0.1');
