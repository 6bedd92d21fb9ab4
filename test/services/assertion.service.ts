import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { fromPyPi } from './install.ts';

const [, verify = ''] = /```python\n([\s\S]*?)```/.exec(readFileSync('docs/behind-the-gateway.md', 'utf8')) ?? [];

const app = `
import jwt, verify
from flask import Flask, request
app = Flask(__name__)

@app.before_request
def read_keys():
    verify.keys = jwt.PyJWKClient(open("jwks-url").read())

@app.get("/who")
def who():
    try:
        return verify.principal_of(request.headers.get("X-Gatewarden-Assertion", ""))["name"]
    except jwt.PyJWTError as problem:
        return type(problem).__name__, 401
`;

const flask = service({
  name: 'Flask with PyJWT, which believes the assertion alone',
  installed: await fromPyPi('PyJWT', 'cryptography', 'flask', 'gunicorn'),
  // The issuer that the page of docs has.
  settings: { ISSUER: 'https://app.example.com/_gatewarden' },
  async start({ port, folder, installed, env }) {
    await writeFile(join(folder, 'verify.py'), verify);
    await writeFile(join(folder, 'app.py'), app);
    const args = ['--bind', `127.0.0.1:${port}`, '--graceful-timeout', '2', 'app:app'];
    return start(join(installed, 'bin', 'gunicorn'), args, { cwd: folder, env });
  },
});

flask.tries('command line', '`curl` is known through the gateway, and nobody past it', async (tried) => {
  const { address, upstream, token, folder, command } = tried;
  await writeFile(join(folder, 'jwks-url'), `${address}/_gatewarden/jwks.json`);
  const who = (url: string, ...more: string[]) => command('curl', ['--silent', ...more, `${url}/who`]);
  equal(await who(address, '--oauth2-bearer', token), 'grace');
  const assertion = (value: string) => ['--header', `X-Gatewarden-Assertion: ${value}`];
  deepEqual(
    [await who(upstream), await who(upstream, ...assertion(token)), await who(upstream, ...assertion('e30.e30.e30'))],
    ['DecodeError', 'DecodeError', 'PyJWKClientError'],
  );
});
