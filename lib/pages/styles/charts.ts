/** The overview: numbers of now, and charts. The colours of bars have a contrast of at least 3:1 to the card. */
export const chartStyles = `:root { --chart-first: #2f5bd0; --chart-second: #b45309; --chart-third: #7b8493; }
@media (prefers-color-scheme: dark) { :root { --chart-first: #8fb0ff; --chart-second: #f3b45f; --chart-third: #7e8aa0; } }
.choices ul { display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; margin: 0; padding: .2rem; background: var(--card); border: 1px solid var(--line); border-radius: .7rem; }
.choices a { display: block; padding: .3rem .8rem; border-radius: .5rem; color: var(--text); text-decoration: none; font-weight: 540; font-size: .9375rem; }
.choices a:hover { background: var(--glow); }
.choices a[aria-current] { background: var(--accent); color: var(--on-accent); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.75rem, 1fr)); gap: 1rem; list-style: none; margin: 0 0 1.25rem; padding: 0; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; min-width: 0; }
.tiles li > a { display: block; border-radius: inherit; text-decoration: none; color: inherit; }
.tiles li:not(:has(a)), .tiles li > a { padding: .85rem 1rem; }
.tiles li > a:hover { background: var(--glow); }
.tiles strong { display: block; font-size: clamp(1.3rem, 5vw, 1.625rem); line-height: 1.2; font-weight: 660; letter-spacing: -.02em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles span { color: var(--quiet); font-size: .9375rem; }
.tiles .asks { border-color: var(--warn-line); background: var(--warn-ground); }
.tiles .asks span { color: var(--warn); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr)); gap: 1.25rem; margin: 0 0 1.75rem; }
.charts:has(details[open]) { align-items: start; }
.chart { margin: 0; min-width: 0; position: relative; }
.more { position: absolute; inset-block-start: 1.25rem; inset-inline-end: clamp(1rem, 2.5vw, 1.5rem); font-size: .875rem; }
.chart h2 { margin: 0; font-size: 1rem; padding-inline-end: 5.5rem; }
.sum { margin: .1rem 0 .9rem; color: var(--quiet); font-size: .9375rem; }
.sum strong { color: var(--text); font-size: 1.375rem; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.nothing { color: var(--quiet); margin: 0; }
.chart .nothing { padding: 3.6rem 0; text-align: center; }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: .6rem; font-size: .8125rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.plot .scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; margin-block: -.6em; min-width: 1.5rem; }
.plot svg { display: block; width: 100%; height: 7rem; overflow: visible; }
.plot .ticks { grid-column: 2; display: flex; justify-content: space-between; gap: .5rem; padding-top: .45rem; }
.grid { stroke: var(--line); stroke-width: 1px; fill: none; vector-effect: non-scaling-stroke; }
.plot rect { shape-rendering: crispEdges; }
.hit { fill: transparent; }
g:hover > .hit { fill: var(--glow); }
rect.plain { fill: var(--accent); }
rect.bad { fill: var(--bad-strong); }
rect.first { fill: var(--chart-first); }
rect.second { fill: var(--chart-second); }
rect.third { fill: var(--chart-third); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .75rem 0 0; padding: 0; font-size: .875rem; color: var(--quiet); }
.legend li { display: inline-flex; align-items: center; gap: .4rem; }
.chart details { margin-block-start: .9rem; font-size: .9375rem; }
.chart summary { color: var(--quiet); font-size: .875rem; cursor: pointer; width: fit-content; border-radius: .3rem; }
.chart summary:hover { color: var(--text); }
.chart details .scroll { max-height: 22rem; overflow-y: auto; margin: .6rem 0 0; }
.chart .scroll table { min-width: 0; }
.chart :is(th, td) { padding: .45rem .8rem; min-width: 3.5rem; }
.chart tbody th { white-space: nowrap; font-weight: 500; }
.codes { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; }
.share { display: block; width: 100%; height: .3rem; margin-block-start: .4rem; }
.scroll .verdicts { min-width: 0; }
.verdicts :is(th, td) { min-width: 0; }
.verdicts tbody th { width: 100%; }
.verdicts .number { padding-inline-start: 0; }
.route { display: block; color: var(--quiet); font-weight: 450; font-size: .875rem; margin-block-start: .15rem; }
th > code { font-weight: 450; }
[dir="rtl"] .share { transform: scaleX(-1); }
@media (forced-colors: active) {
  .hit { fill: none; }
  .grid { stroke: GrayText; }
}
`;
