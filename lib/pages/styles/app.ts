/** The pages of somebody who is signed in: the bar at the top, the navigation, tables, lists and figures. */
export const appStyles = `.skip { position: absolute; inset-inline-start: -999rem; }
.skip:focus { inset-inline-start: 1rem; inset-block-start: 1rem; z-index: 1; }
body.app { display: block; min-height: 100dvh; padding: 0; background: var(--ground); }
body.app > header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: .5rem 1.25rem;
  max-width: none;
  margin: 0;
  padding: .6rem clamp(1rem, 3vw, 2rem);
  background: var(--card);
  border-block-end: 1px solid var(--line);
}
body.app > header .brand { display: flex; align-items: center; gap: .6rem; min-width: 0; margin-inline-end: auto; }
body.app > header a { color: var(--text); text-decoration: none; font-weight: 560; padding: .35rem .2rem; }
body.app > header a:hover { text-decoration: underline; }
body.app > header a[aria-current] { color: var(--link); }
body.app > header button { min-height: 2.25rem; padding: .3rem .9rem; }
body.app > header .who { color: var(--quiet); font-size: .9375rem; font-weight: 450; max-width: 16rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.columns { display: grid; grid-template-columns: 12.5rem minmax(0, 1fr); gap: clamp(1rem, 3vw, 2.25rem); max-width: 82rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 2rem) 3rem; }
.columns.alone { grid-template-columns: minmax(0, 1fr); max-width: 60rem; }
.side ul { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: .15rem; position: sticky; inset-block-start: 1rem; }
.side a { display: block; padding: .5rem .8rem; border-radius: .6rem; color: var(--text); text-decoration: none; font-weight: 520; }
.side a:hover { background: var(--glow); }
.side a[aria-current] { background: var(--glow); color: var(--link); font-weight: 620; }
body.app main { max-width: none; min-width: 0; padding: 0; background: none; border: 0; border-radius: 0; box-shadow: none; }
body.app main h1:focus, .notice:focus { outline: none; }
body.app form.narrow, .narrow { max-width: 30rem; }
.heading { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 1.5rem; margin: 0 0 1.25rem; }
.heading h1 { margin: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: 1.25rem clamp(1rem, 2.5vw, 1.5rem); margin: 0 0 1.25rem; }
.card > :first-child { margin-block-start: 0; }
.card > :last-child { margin-block-end: 0; }
.card > .facts:first-child { border-block-start: 0; }
body.app .facts dt { flex-basis: 9rem; }
.scroll { position: relative; overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; margin: 0 0 1rem; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { text-align: start; padding: .8rem 1rem; color: var(--quiet); }
th, td { padding: .65rem 1rem; text-align: start; vertical-align: top; border-block-end: 1px solid var(--line); }
thead th { font-weight: 600; color: var(--quiet); font-size: .875rem; white-space: nowrap; }
tbody th { min-width: 9rem; font-weight: 600; overflow-wrap: anywhere; }
td :is(bdi, code, p), td.text { overflow-wrap: anywhere; }
td:has(> :is(bdi, code, p, a > bdi)), td.text { min-width: 9rem; }
td:has(> time), td:has(> a > time) { min-width: 8.25rem; }
td a { white-space: nowrap; }
td a:has(bdi) { white-space: normal; }
tbody tr:last-child > * { border-block-end: 0; }
td.number, th.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.tick, th.tick { min-width: 0; width: 2.75rem; padding-inline-end: 0; }
td.tick input, th.tick input { width: 1.15rem; height: 1.15rem; accent-color: var(--accent); }
pre { margin: 0; font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; font-size: .875rem; white-space: pre-wrap; overflow-wrap: anywhere; }
table.settings { table-layout: fixed; min-width: 42rem; }
table.settings :is(th, td):nth-child(2) { width: 32%; }
table.settings :is(th, td):nth-child(3) { width: 9rem; }
table.settings .hint { font-weight: 450; margin-block-end: 0; }
.quiet { color: var(--quiet); font-size: .875rem; font-weight: 450; }
td.scopes { min-width: 12rem; }
td time { display: inline-block; min-width: 6.75rem; }
td.when time { white-space: nowrap; }
td.act { text-align: end; white-space: nowrap; }
.confirm { margin-block-start: 1.25rem; }
.empty { padding: 1.5rem 1rem; color: var(--quiet); margin: 0; }
.filters { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; margin: 0 0 1.25rem; }
.filters .field { margin: 0; flex: 1 1 9rem; min-width: 8rem; max-width: 18rem; }
.filters .field input, .filters .field select { min-height: 2.5rem; padding: .35rem .65rem; }
.filters button, .filters .button { min-height: 2.5rem; padding: .35rem 1rem; }
.pager { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1.5rem; }
.small { min-height: 2.25rem; padding: .25rem .8rem; font-size: .9375rem; }
button.danger, .button.danger { color: var(--on-bad); background: var(--bad-strong); }
button.danger:hover, .button.danger:hover { background: var(--bad-strong); color: var(--on-bad); text-decoration: underline; }
.badge.plain { color: var(--quiet); background: none; border-color: var(--field-line); margin-inline-start: 0; }
.badge.warn { color: var(--warn); background: var(--warn-ground); border-color: var(--warn-line); margin-inline-start: 0; }
.badge.bad { color: var(--bad); background: var(--bad-ground); border-color: var(--bad-line); margin-inline-start: 0; }
.badge.good { margin-inline-start: 0; }
.secret, input.secret[type="text"] { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; }
.copy { display: flex; gap: .6rem; align-items: stretch; }
.copy input { flex: 1 1 auto; min-width: 0; }
.copy button { flex: none; }
textarea { width: 100%; min-height: 7rem; padding: .55rem .8rem; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--field-line); border-radius: .6rem; }
input:is([type="date"], [type="datetime-local"], [type="number"], [type="search"], [type="url"]) {
  width: 100%; min-height: 2.875rem; padding: .55rem .8rem; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--field-line); border-radius: .6rem;
}
textarea:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
fieldset { border: 0; margin: 0 0 1.125rem; padding: 0; min-width: 0; }
fieldset .choice { margin: 0 0 .35rem; }
legend { padding: 0; margin: 0 0 .35rem; font-weight: 560; font-size: .9375rem; }
[aria-busy="true"] { opacity: .6; }
.trail { margin: 0 0 .35rem; font-size: .9375rem; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { main { transition: opacity .12s; } }
@media (max-width: 48rem) {
  .scroll table { min-width: 40rem; }
  .columns { grid-template-columns: minmax(0, 1fr); padding-block-start: 1rem; }
  .side ul { flex-direction: row; flex-wrap: wrap; position: static; }
  .side a { padding: .4rem .65rem; }
}
@media (max-width: 26rem) {
  body.app > header .who { display: none; }
}
`;
