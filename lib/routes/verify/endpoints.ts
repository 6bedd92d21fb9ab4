/** The front proxies that forward-auth answers, each at an endpoint of its own. */
export const frontProxies = ['nginx', 'traefik', 'caddy', 'envoy'] as const;
export type FrontProxy = (typeof frontProxies)[number];

/** A question of a front proxy. `target`: what follows Envoy's endpoint, '' for the others, which name it in a header. */
export type Question = Readonly<{ front: FrontProxy; target: string }>;

const envoy = '/verify/envoy';

const byPath: ReadonlyMap<string, Question> = new Map(
  frontProxies
    .filter((front) => front !== 'envoy')
    .map((front) => [`/verify/${front}`, Object.freeze({ front, target: '' })]),
);

/** The question that is asked at a target without the prefix of the pages; undefined when it is no endpoint of forward-auth. */
export function questionAt(target: string): Question | undefined {
  if (target.startsWith(envoy)) return atEnvoy(target.slice(envoy.length));
  const query = target.indexOf('?');
  return byPath.get(query === -1 ? target : target.slice(0, query));
}

/** Envoy appends the original target to the path of the endpoint. */
function atEnvoy(target: string): Question | undefined {
  const isBelow = target === '' || target.startsWith('/') || target.startsWith('?');
  return isBelow ? { front: 'envoy', target } : undefined;
}
