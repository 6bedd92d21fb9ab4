/** Colours, forms, buttons and the narrow pages. Text has a contrast of at least 4.5:1 in both colour schemes. */
export const baseStyles = `:root {
  color-scheme: light dark;
  --ground: #f3f5f9;
  --glow: #e3eafb;
  --card: #ffffff;
  --line: #dbe1ec;
  --field: #ffffff;
  --field-line: #7d8899;
  --text: #172033;
  --quiet: #505c70;
  --accent: #2f5bd0;
  --accent-strong: #2449ad;
  --on-accent: #ffffff;
  --link: #2f5bd0;
  --bad: #a3192f;
  --bad-ground: #fdeef0;
  --bad-line: #eebac2;
  --bad-strong: #a3192f;
  --on-bad: #ffffff;
  --warn: #74480a;
  --warn-ground: #fdf3dd;
  --warn-line: #e6cd96;
  --good: #135f3d;
  --good-ground: #e9f7ef;
  --good-line: #b2dcc5;
  --shadow: 0 1px 2px rgb(23 32 51 / 6%), 0 12px 32px rgb(23 32 51 / 8%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f141d;
    --glow: #17213a;
    --card: #181f2b;
    --line: #2b3547;
    --field: #10161f;
    --field-line: #75819a;
    --text: #e9edf5;
    --quiet: #a9b4c6;
    --accent: #8fb0ff;
    --accent-strong: #b1c8ff;
    --on-accent: #0d1730;
    --link: #8fb0ff;
    --bad: #ffabb5;
    --bad-ground: #38191f;
    --bad-line: #6d2f3a;
    --bad-strong: #ffabb5;
  --on-bad: #38060f;
  --warn: #f3cf85;
  --warn-ground: #35290f;
  --warn-line: #66501f;
  --good: #8ddcb0;
    --good-ground: #13301f;
    --good-line: #27593d;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 16px 40px rgb(0 0 0 / 35%);
  }
}
[hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: flex;
  flex-direction: column;
  align-items: center;
  padding: clamp(1.25rem, 9vh, 6rem) 1rem 2rem;
  background: radial-gradient(60rem 26rem at 50% -8rem, var(--glow), transparent) var(--ground);
  color: var(--text);
  overflow-wrap: break-word;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
body:not(.app) > header { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: .5rem .7rem; text-align: center; margin: 0 0 1.5rem; max-width: 100%; }
header img { display: block; flex: none; max-width: 60vw; object-fit: contain; }
header span { font-weight: 650; font-size: 1.125rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
main {
  width: 100%;
  max-width: 25rem;
  padding: clamp(1.5rem, 5vw, 2.25rem);
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 1rem;
  box-shadow: var(--shadow);
}
main.wide { max-width: 36rem; }
h1, h2, h3, dd, li { overflow-wrap: anywhere; }
h1 { margin: 0 0 .35rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.02em; font-weight: 680; }
h3 { margin: 1.75rem 0 .75rem; font-size: 1rem; }
h2 { margin: 2rem 0 .75rem; font-size: 1.0625rem; letter-spacing: -.01em; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
.lead { color: var(--quiet); margin-bottom: 1.5rem; }
.lead strong { color: var(--text); font-weight: 620; }
a { color: var(--link); text-underline-offset: .2em; }
a:hover { color: var(--accent-strong); }
form { margin: 0; }
.field { margin: 0 0 1.125rem; }
label { display: block; margin: 0 0 .35rem; font-weight: 560; font-size: .9375rem; }
input:is([type="text"], [type="password"], [type="email"]), select {
  width: 100%;
  min-height: 2.875rem;
  padding: .55rem .8rem;
  font: inherit;
  color: inherit;
  background: var(--field);
  border: 1px solid var(--field-line);
  border-radius: .6rem;
}
input[aria-invalid="true"], select[aria-invalid="true"] { border-color: var(--bad); }
.hint { margin: .35rem 0 0; font-size: .875rem; color: var(--quiet); }
.hint.bad { color: var(--bad); font-weight: 560; }
.choice { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.375rem; min-height: 1.75rem; }
.choice label { margin: 0; font-weight: 450; padding: .15rem 0; }
.choice input { width: 1.15rem; height: 1.15rem; margin: 0; flex: none; accent-color: var(--accent); }
button, .button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-height: 2.875rem;
  padding: .55rem 1.2rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  color: var(--on-accent);
  background: var(--accent);
  border: 1px solid transparent;
  border-radius: .6rem;
  cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-strong); color: var(--on-accent); }
button.full { width: 100%; }
button.plain, .button.plain { color: var(--text); background: transparent; border-color: var(--field-line); }
button.plain:hover, .button.plain:hover { background: var(--glow); color: var(--text); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.else { color: var(--quiet); margin: 1.25rem 0 0; }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.notice { margin: 0 0 1.25rem; padding: .75rem .9rem; border: 1px solid; border-radius: .6rem; font-size: .9375rem; }
.notice.bad { color: var(--bad); background: var(--bad-ground); border-color: var(--bad-line); }
.notice.good { color: var(--good); background: var(--good-ground); border-color: var(--good-line); }
.notice.warn { background: var(--glow); border-color: var(--field-line); }
.notice p { margin: 0; }
.facts { margin: 1.25rem 0; border-top: 1px solid var(--line); }
.facts div { display: flex; gap: .25rem 1rem; flex-wrap: wrap; padding: .55rem 0; border-bottom: 1px solid var(--line); }
.facts dt { flex: 0 0 6rem; color: var(--quiet); }
.facts dd { flex: 1 1 10rem; min-width: 0; margin: 0; overflow-wrap: anywhere; }
.facts code { font-size: 1em; letter-spacing: .04em; }
form.next { margin-top: .75rem; }
.sessions { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
.sessions li { padding: .8rem 0; border-bottom: 1px solid var(--line); }
.sessions p { margin: 0; }
.sessions .device { font-weight: 560; }
.sessions .about { margin-top: .15rem; font-size: .875rem; color: var(--quiet); }
.badge {
  display: inline-block;
  margin-inline-start: .5rem;
  padding: .05rem .55rem;
  border: 1px solid var(--good-line);
  border-radius: 1rem;
  font-size: .8125rem;
  font-weight: 560;
  white-space: nowrap;
  color: var(--good);
  background: var(--good-ground);
}
.code { margin: 1.5rem 0 0; font-size: .875rem; color: var(--quiet); }
.code p { margin: 0 0 .15rem; }
.code code { user-select: all; overflow-wrap: anywhere; }
.facts.wide dt { flex-basis: 9rem; }
code { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; font-size: .9em; }
@media (max-width: 26rem) {
  main { border-radius: .875rem; }
  .actions form, .actions button, .actions .button { width: 100%; }
}
@media (forced-colors: active) {
  main, .notice, button, .button { border: 1px solid; }
}
`;
