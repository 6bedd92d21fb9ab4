import type { Principal } from 'gatewarden';

export type Note = Readonly<{ by: string; text: string }>;

type Page = Readonly<{ title: string; who: Principal; body?: string; notes?: readonly Note[]; form?: boolean }>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const asHtml = (text: string) => text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);

const signedInAs = (who: Principal) =>
  who.kind === 'anonymous'
    ? '<p>Nobody is signed in. <a href="/auth/login?next=/notes">Sign in</a></p>'
    : `<form method="post" action="/auth/logout"><p>Signed in as <strong>${asHtml(who.name)}</strong>, ${asHtml(who.role)}
       <button>Sign out</button></p></form>`;

const list = (notes: readonly Note[]) =>
  `<ul>${notes.map((note) => `<li><b>${asHtml(note.by)}</b>: ${asHtml(note.text)}</li>`).join('')}</ul>`;

const noteForm = `<form method="post" action="/notes">
  <label for="text">A new note</label> <input id="text" name="text" required maxlength="500"> <button>Add</button>
</form>`;

/** One page of the example, with who is signed in on top of it. */
export const page = ({ title, who, body = '', notes, form = false }: Page): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${asHtml(title)}</title></head>
<body>
<header>${signedInAs(who)}</header>
<main>
<h1>${asHtml(title)}</h1>
<p>${asHtml(body)}</p>
${notes ? list(notes) : ''}
${form ? noteForm : ''}
<nav><a href="/">Welcome</a> <a href="/notes">Notes</a> <a href="/machine">Machine</a></nav>
</main>
</body>
</html>`;
