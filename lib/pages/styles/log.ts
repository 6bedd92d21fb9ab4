/** The audit log: its filter of many fields, its table, and the page of one record. */
export const logStyles = `.inline { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; }
.inline .hint { margin: 0; }
.filters.many { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); align-items: start; }
.filters.many .field { max-width: none; min-width: 0; }
.filters.many .hint:empty { display: none; }
.filters.many .inline { grid-column: 1 / -1; }
.filters .field input[type="datetime-local"] { min-height: 2.5rem; padding: .35rem .65rem; }
.log :is(th, td) { min-width: 0; }
.log tbody th { font-weight: 520; }
.log :is(tbody th, td:nth-of-type(1), td:last-child) { white-space: nowrap; }
.log :is(td:nth-of-type(2), td:nth-of-type(3)) { min-width: 8rem; }
.record .facts { margin-block: 0; border-block-start: 0; }
.record .facts div:last-child { border-block-end: 0; }
.record .facts dt { flex-basis: 11rem; }
.links { margin: 0; padding-inline-start: 1.25rem; }
.links li { margin: 0 0 .35rem; overflow-wrap: anywhere; }
`;
