/** The pages of the account. */
export const accountStyles = `.card > h2 { margin-block-start: 0; }
.card .facts { margin: 0; border-top: 0; }
.card .facts dt { flex-basis: 10rem; }
.card .facts div:last-child { border-bottom: 0; padding-bottom: 0; }
.card .facts .hint { margin: .15rem 0 0; }
.card .sessions { border-top: 0; }
.card .sessions li:first-child { padding-top: 0; }
.card .sessions li:last-child { border-bottom: 0; padding-bottom: 0; }
.row { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1.25rem; }
.row > div { flex: 1 1 16rem; min-width: 0; }
.device { margin: 0; font-weight: 560; overflow-wrap: anywhere; }
.about { margin: .15rem 0 0; font-size: .875rem; color: var(--quiet); overflow-wrap: anywhere; }
.downloads { display: flex; flex-wrap: wrap; gap: .5rem; }
.whole { white-space: nowrap; }
.chips { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr)); gap: 0 1rem; }
.choices .choice { margin: 0; min-width: 0; }
.choices label { overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: 1.125rem 1rem; }
.pair .field { margin-bottom: 0; }
.pair + .hint { margin-bottom: 1.125rem; }
`;
