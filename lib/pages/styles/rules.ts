/** The question what would happen to a request, and its answer. */
export const ruleStyles = `.asking { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 1rem; margin-block: 1rem; }
.asking .field, .asking .send { margin: 0; }
.asking .send { grid-column: 1 / -1; }
.warning { color: var(--warn); font-size: .875rem; font-weight: 560; }
.steps { margin-block-start: 1.25rem; }
.steps summary { cursor: pointer; font-weight: 560; }
.steps ol { margin: .75rem 0 0; padding-inline-start: 1.5rem; overflow-wrap: anywhere; }
@media (min-width: 40rem) {
  .asking { grid-template-columns: 8rem minmax(0, 1fr) minmax(0, 1fr); }
  .asking .url { grid-column: 2 / -1; }
  .asking .as { grid-column: 1 / 3; }
}
@media (max-width: 26rem) { .asking { grid-template-columns: minmax(0, 1fr); } }
`;
