/** Password fields: the button that shows what is typed, and the strength of a new password. */
export const formStyles = `.beside { display: flex; gap: .65rem; align-items: stretch; }
.beside > input { flex: 1 1 auto; min-width: 0; }
.beside > button { flex: none; min-height: 0; padding: 0 .65rem; font-size: .875rem; font-weight: 560; }
::-ms-reveal { display: none; }
.wait { text-align: center; font-variant-numeric: tabular-nums; }
.strength { display: flex; align-items: center; gap: .75rem; margin: .5rem 0 0; font-size: .875rem; color: var(--quiet); }
.strength meter { flex: 1 1 auto; min-width: 4rem; height: .55rem; }
.strength span { flex: none; min-width: 6.5rem; }
meter { -webkit-appearance: none; appearance: none; border: 0; border-radius: 1rem; background: var(--line); overflow: hidden; }
meter::-webkit-meter-inner-element { display: block; height: 100%; border: 0; }
meter::-webkit-meter-bar { height: 100%; border: 0; border-radius: 1rem; background: var(--line); }
meter::-webkit-meter-optimum-value { background: var(--good); }
meter::-webkit-meter-suboptimum-value { background: var(--warn); }
meter::-webkit-meter-even-less-good-value { background: var(--bad); }
meter::-moz-meter-bar { border-radius: 1rem; }
meter:-moz-meter-optimum::-moz-meter-bar { background: var(--good); }
meter:-moz-meter-sub-optimum::-moz-meter-bar { background: var(--warn); }
meter:-moz-meter-sub-sub-optimum::-moz-meter-bar { background: var(--bad); }
`;
