import { equal, match } from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { fromPyPi } from './install.ts';

const app = `
import time
from flask import Flask, Response, request
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1000

@app.get("/")
def page():
    return "<form method=post action=/upload enctype=multipart/form-data><input type=file name=file aria-label=File><button>Send</button></form>" \\
        "<p id=heard></p><script>new EventSource('/events').onmessage = (e) => { heard.textContent += e.data }</script>"

@app.post("/upload")
def upload():
    return f"{len(request.files['file'].read())} bytes from {request.headers['X-Forwarded-User']}"

@app.get("/events")
def events():
    def tell():
        for number in range(3):
            yield f"data: event {number};\\n\\n"
            time.sleep(0.5)
    return Response(tell(), mimetype="text/event-stream")
`;

const flask = service({
  name: 'Flask on gunicorn',
  installed: await fromPyPi('flask', 'gunicorn'),
  async start({ port, folder, installed, env }) {
    await writeFile(join(folder, 'app.py'), app);
    const args = ['--bind', `127.0.0.1:${port}`, '--threads', '8', '--graceful-timeout', '2', 'app:app'];
    return start(join(installed, 'bin', 'gunicorn'), args, { cwd: folder, env });
  },
});

flask.tries('browser', 'a form with a file, and an event stream in a page', async ({ signedIn }) => {
  const page = await signedIn();
  await page.getByText('event 2').waitFor();
  await page.getByLabel('File').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('tide') });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('4 bytes from grace').waitFor();
});

flask.tries(
  'command line',
  '`curl` uploads too much and hears the 413 each time, with and without `Expect`',
  async (tried) => {
    const { address, token, folder, command } = tried;
    const large = join(folder, 'large.bin');
    await writeFile(large, '');
    await truncate(large, 20_000_000);
    const args = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}', '--oauth2-bearer', token];
    const answers: string[] = [];
    for (let turn = 0; turn < 24; turn += 1) {
      const how = turn % 2 === 0 ? [] : ['--header', 'Expect:'];
      answers.push(await command('curl', [...args, ...how, '--form', `file=@${large}`, `${address}/upload`]));
    }
    equal(answers.join(' '), Array(24).fill('413').join(' '));
  },
);

flask.tries('socket or stream', 'an event stream, as it is sent', async ({ address, token, command }) => {
  const args = ['--silent', '--no-buffer', '--oauth2-bearer', token, `${address}/events`];
  match(await command('curl', args), /event 0;\n\ndata: event 1;\n\ndata: event 2;/);
});
