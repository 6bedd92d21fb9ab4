import { type Frame, inFrame } from '../frame.ts';
import english from '../words/en.json' with { type: 'json' };
import type { WordKey, Words } from '../words/words.ts';

/** A target of a route: times are milliseconds, or milliseconds since the epoch. */
export type TargetShown = Readonly<{
  /** Absent for those who may not know addresses. */
  target?: string | undefined;
  healthy: boolean;
  pending: number;
  checked?: Readonly<{ at: number; took: number; problem?: string | undefined }> | undefined;
  failed?: Readonly<{ at: number; problem: string }> | undefined;
  connected: Readonly<{ took: number }> | Readonly<{ problem: string }>;
}>;

/** What the page tells of the health of an installation. */
export type HealthShown = Readonly<{
  /** `store` is absent where they did not answer together. */
  stores: readonly Readonly<{ store?: string; ok: boolean; took: number; problem?: string | undefined }>[];
  /** What is kept where; absent for those who may not know addresses. */
  places?: Readonly<Record<string, string>> | undefined;
  /** Absent where there is no gateway. */
  upstreams?: readonly Readonly<{ route: string; targets: readonly TargetShown[] }>[] | undefined;
  /** `memory`: in bytes. */
  process: Readonly<{ version: string; node: string; since: number; memory: number }>;
}>;

/** The page of the health of stores and services. */
export function healthPage(frame: Frame, { stores, places, upstreams, process }: HealthShown): string {
  const { words } = frame;
  const targets = upstreams?.flatMap((one) => one.targets) ?? [];
  return inFrame('@admin-health', frame, {
    place: 'health',
    allWell: stores.every(({ ok }) => ok) && targets.every((one) => stateOf(one) === 'well'),
    stores: stores.map((one) => ({
      ...{ store: words.text('health.allStores'), problem: '', ...one },
      took: milliseconds(words, one.took),
    })),
    places: places && Object.entries(places).map(([what, place]) => [placeText(words, what), place]),
    upstreams: upstreams?.map(({ route, targets: all }) => ({
      route,
      targets: all.map((one, n) => targetShown(words, one, n)),
    })),
    process: { ...process, memory: words.text('health.mebibytes', { n: Math.round(process.memory / 2 ** 20) }) },
  });
}

/** What is kept in a place, in words; a store of an app may name other things. */
const placeText = (words: Words, what: string): string =>
  Object.hasOwn(english.places, what) ? words.text(`places.${what}` as WordKey) : what;

const milliseconds = (words: Words, took: number): string =>
  words.text('health.milliseconds', { n: took < 10 ? Math.round(took * 10) / 10 : Math.round(took) });

/** A target that no request has found out about yet may be one that cannot be connected to. */
const stateOf = ({ healthy, connected }: TargetShown): 'well' | 'down' =>
  healthy && 'took' in connected ? 'well' : 'down';

function targetShown(words: Words, shown: TargetShown, n: number) {
  const { target, connected, checked, pending, failed } = shown;
  const took = checked && milliseconds(words, checked.took);
  return {
    name: target ?? words.text('health.numbered', { n: n + 1 }),
    state: stateOf(shown),
    connected: 'took' in connected ? milliseconds(words, connected.took) : connected.problem,
    checked: checked && { at: checked.at, text: checked.problem === undefined ? took : `${checked.problem}, ${took}` },
    pending,
    failed,
  };
}
