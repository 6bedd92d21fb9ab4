/** The pages of users. */
export const userStyles = `.heading.beginning { justify-content: flex-start; }
.filters .field.broad { flex: 2 1 16rem; max-width: 26rem; }
body.app main > form.card { margin-block-start: 1.25rem; }
.notice p + p { margin-block-start: .6rem; }
td.word { overflow-wrap: break-word; }
td.time { white-space: nowrap; }
.scroll .people { table-layout: fixed; min-width: 52rem; }
.people th.email { width: 25%; }
.people th.role { width: 7rem; }
.people th.state { width: 9rem; }
.people th.last { width: 9.5rem; }
main > h1 + .scroll { margin-block-start: 1rem; }
.card > .facts:first-child { margin-block-start: -.5rem; border-block-start: 0; }
.card > .facts dt { flex-basis: 10rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
.buttons .button { min-height: 2.5rem; padding: .35rem 1rem; }
.under { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--quiet); font-weight: 450; font-size: .875rem; }
.back { margin: 0 0 .5rem; font-size: .9375rem; }
.back a::before { content: "\\2039\\00a0"; }
.together { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; margin: 0 0 1.5rem; }
.together label { margin: 0; font-weight: 450; }
.together select { width: auto; min-height: 2.25rem; padding: .25rem .65rem; }
.under-choice { margin: -1.1rem 0 1.25rem; padding-inline-start: 1.75rem; }
.chosen ul { list-style: none; margin: 0; padding: 0; }
.chosen { margin: 0 0 1.25rem; max-height: 18rem; overflow: auto; border-block: 1px solid var(--line); }
.chosen li { padding: .45rem 0; overflow-wrap: anywhere; }
.chosen li + li { border-block-start: 1px solid var(--line); }
.ways { margin: 0 0 1.5rem; padding-inline-start: 1.25rem; }
`;
