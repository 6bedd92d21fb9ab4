const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (one) => escapes[one] ?? one);

type Note = Readonly<{ author: string; text: string }>;

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6877; --line: #dfe4ea; --ground: #f4f6f8; --card: #fff; --accent: #0b6e5f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7ecf2; --soft: #9aa7b6; --line: #2c3642; --ground: #12171d; --card: #1a2129; --accent: #4cc3ae; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: 1rem clamp(1rem, 5vw, 3rem);
  background: var(--card); border-bottom: 1px solid var(--line); }
header strong { letter-spacing: .02em; }
main { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
  max-width: 66rem; margin: 2rem auto; padding: 0 clamp(1rem, 5vw, 3rem); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.4rem; min-width: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.05rem; margin: 0 0 .7rem; }
p { margin: 0 0 .8rem; overflow-wrap: anywhere; }
.wide { grid-column: 1 / -1; }
.soft { color: var(--soft); }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
li:first-child { border-top: 0; }
form { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: .8rem; }
input { flex: 1 1 9rem; min-width: 0; padding: .55rem .7rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--soft); border-radius: 8px; }
button { padding: .55rem 1rem; font: inherit; font-weight: 600; color: var(--card); background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
output { display: block; min-height: 1.6em; font-family: ui-monospace, monospace; font-size: .9rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
`;

const script = `
const show = (id, text) => { document.getElementById(id).textContent = text; };
const events = new EventSource('/events');
events.onmessage = (event) => show('events', 'event ' + JSON.parse(event.data).count);
events.onerror = () => { events.close(); show('events', 'closed'); };
const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/socket');
let echo = '';
socket.onmessage = (event) => {
  const message = JSON.parse(event.data);
  if (message.echo !== undefined) echo = ', and said: ' + message.echo;
  show('socket', (message.tick ? 'tick ' + message.tick.slice(11, 19) : 'connected as ' + (message.user ?? message.hello)) + echo);
};
socket.onclose = () => show('socket', 'closed');
document.getElementById('say').addEventListener('submit', (event) => {
  event.preventDefault();
  socket.send(new FormData(event.target).get('text'));
});
document.getElementById('send').addEventListener('submit', async (event) => {
  event.preventDefault();
  const file = event.target.elements.file.files[0];
  if (!file) return show('upload', 'choose a file first');
  show('upload', 'sending …');
  const response = await fetch('/upload', { method: 'POST', body: file });
  show('upload', response.ok ? (await response.json()).bytes + ' bytes arrived' : 'refused: ' + response.status);
});
`;

function page(title: string, user: string, content: string): string {
  const who =
    user === '' ? '<span class="soft">nobody is signed in</span>' : `<span id="user">${escapeHtml(user)}</span>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><header><strong>Harbour Log</strong>${who}</header><main>${content}</main></body>
</html>
`;
}

const noteList = (notes: readonly Note[]): string =>
  notes.length === 0
    ? '<p class="soft">No notes yet.</p>'
    : `<ul>${notes.map(({ author, text }) => `<li>${escapeHtml(text)} <span class="soft">${escapeHtml(author)}</span></li>`).join('')}</ul>`;

/** The first page: who asks, the notes, and something live. */
export function homePage({ user, groups, notes }: { user: string; groups: string; notes: readonly Note[] }): string {
  const greeting = user === '' ? 'Good day' : `Good day, ${escapeHtml(user)}`;
  const [role = ''] = groups.split(',');
  const held = role === '' ? '' : ` It also says that your role is <em>${escapeHtml(role)}</em>.`;
  return page(
    'Harbour Log',
    user,
    `<section class="wide"><h1>${greeting}</h1>
<p>This service knows nothing of sign-in. The name came with the request, in a header that the gateway set.${held}</p>
<p><a href="/_gatewarden/account">Your account</a> · <a href="/operator">Operators' page</a> · <a href="/headers">What this service is told</a></p></section>
<section><h2>Notes</h2>
<form method="post" action="/notes"><input name="text" aria-label="A note" placeholder="A note" required maxlength="500"><button>Add</button></form>
${noteList(notes)}</section>
<section><h2>Upload</h2>
<form id="send"><input type="file" name="file" aria-label="A file"><button>Send</button></form>
<output id="upload">The bytes are counted and forgotten.</output></section>
<section><h2>WebSocket</h2>
<form id="say"><input name="text" aria-label="A message" placeholder="A message" required><button>Say</button></form>
<output id="socket">connecting …</output></section>
<section><h2>Event stream</h2><p class="soft">One event a second, until you sign out.</p><output id="events">connecting …</output></section>`,
  ).replace('</body>', `<script>${script}</script></body>`);
}

/** For operators, says the gateway's rule: this service checks nothing. */
export function operatorPage({ user, notes }: { user: string; notes: number }): string {
  const load = process.memoryUsage().rss;
  return page(
    'Operators',
    user,
    `<section class="wide"><h1>Operators' page</h1>
<p>${notes} notes, ${Math.round(load / 1e6)} MB of memory, up for ${Math.round(process.uptime())} s.</p>
<p><a href="/">Back</a></p></section>`,
  );
}

export function messagePage(message: string): string {
  return page(
    message,
    '',
    `<section class="wide"><h1>${escapeHtml(message)}</h1><p><a href="/">Back</a></p></section>`,
  );
}
