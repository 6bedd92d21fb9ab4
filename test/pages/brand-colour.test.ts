import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { colourIn, colourProblem, coloursOf, contrast, palettesOf } from '../../lib/pages/brand/colour.ts';

const between = (one: string, other: string) => contrast(colourIn(one), colourIn(other));

test('the contrast of colours is that of WCAG', () => {
  equal(between('#000000', '#ffffff'), 21);
  equal(between('#767676', '#ffffff').toFixed(2), '4.54');
  equal(between('#ffffff', '#777777').toFixed(2), '4.48');
});

test('a colour on which white cannot be read is refused with the nearest one on which it can', () => {
  equal(colourProblem('#2f5bd0'), undefined);
  equal(colourProblem('#767676'), undefined);
  equal(
    colourProblem('#777777'),
    'has a contrast of 4.4:1 with white, where text needs 4.5:1; the nearest colour that has it is #767676',
  );
  match(colourProblem('#ffd400') ?? '', /contrast of 1\.4:1 .* is #8[0-9a-f]{5}$/);
});

const colours = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('the colour that is named in place of one that is refused is not refused', () => {
  fc.assert(
    fc.property(colours, (given) => {
      const named = /#[0-9a-f]{6}$/.exec(colourProblem(given) ?? '')?.[0];
      ok(named === undefined || colourProblem(named) === undefined);
    }),
  );
});

/** What stands behind text in the stylesheet of all pages: ground, card and field. */
const grounds = { light: ['#f3f5f9', '#ffffff'], dark: ['#0f141d', '#181f2b', '#10161f'] };
const texts = { light: ['#172033', '#505c70'], dark: ['#e9edf5', '#a9b4c6'] };

test('with every colour that is not refused, all text of the pages can be read in both colour schemes', () => {
  fc.assert(
    fc.property(
      colours.filter((given) => colourProblem(given) === undefined),
      (given) => {
        const palettes = palettesOf(given);
        for (const scheme of ['light', 'dark'] as const) {
          const { [scheme]: palette } = palettes;
          const onGrounds = [...grounds[scheme], palette['--glow']].map((ground) => between(palette['--link'], ground));
          const onGlow = texts[scheme].map((text) => between(text, palette['--glow']));
          const onButtons = [palette['--accent'], palette['--accent-strong']].map((button) =>
            between(palette['--on-accent'], button),
          );
          const onCards = [palette['--accent'], palette['--accent-strong']].map((text) =>
            between(text, grounds[scheme][1] ?? ''),
          );
          deepEqual(
            [...onGrounds, ...onGlow, ...onButtons, ...onCards].filter((ratio) => ratio < 4.5),
            [],
          );
        }
      },
    ),
  );
});

test('the stylesheet of a brand names its colour, and another one for dark pages', () => {
  const text = coloursOf('#0b6e4f');
  match(text, /^:root \{ --accent: #0b6e4f; /);
  match(text, /@media \(prefers-color-scheme: dark\) \{\n {2}:root \{ --accent: #[0-9a-f]{6}; /);
});
