import { setTimeout as wait } from 'node:timers/promises';
import { type HealthShown, healthPage, type TargetShown } from '../../../pages/admin/health.ts';
import { html } from '../../reply.ts';
import { type CallContext, type Route, route } from '../../route.ts';
import { page, viewerFrameOf } from '../page.ts';

/** How long the stores may take to say how they are, in milliseconds. */
const patience = 5000;

async function storesOf({ core: { stores } }: CallContext): Promise<HealthShown['stores']> {
  const startedAt = performance.now();
  const given = new AbortController();
  const late = wait(patience, undefined, { signal: given.signal, ref: false }).catch(() => undefined);
  const entries = await Promise.race([stores.health(), late]);
  given.abort();
  const took = performance.now() - startedAt;
  if (entries !== undefined) return entries.map((one) => ({ ...one, took: one.took ?? took }));
  return [{ ok: false, took, problem: 'no answer' }];
}

/** Addresses of stores and services are for admins. */
async function shownTo(call: CallContext): Promise<HealthShown> {
  const { core, principal } = call;
  const isAdmin = core.ladder.atLeast(principal.role, core.ladder.rung('admin'));
  const [stores, upstreams] = await Promise.all([storesOf(call), core.upstreams?.()]);
  return {
    stores,
    places: isAdmin ? core.stores.describe() : undefined,
    upstreams: isAdmin ? upstreams : upstreams?.map(withoutAddresses),
    process: { ...core.running, node: process.versions.node, memory: process.memoryUsage.rss() },
  };
}

type UpstreamShown = NonNullable<HealthShown['upstreams']>[number];

const withoutAddresses = ({ route: name, targets }: UpstreamShown): UpstreamShown => ({
  route: name,
  targets: targets.map(({ target: _, ...rest }): TargetShown => rest),
});

/** The page `admin/health`. */
export const adminHealthRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/admin/health',
    summary: 'The health of the stores and of the services behind the gateway, and how long they take.',
    tag: 'pages',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    answers: { 200: page('The page.') },
    handle: async (call) => html(200, healthPage(viewerFrameOf(call), await shownTo(call))),
  }),
];
