import type { Request } from 'express';
import type { Log } from '../log.ts';
import type { RuleTable } from '../request/authorize/match.ts';
import { pathOf } from '../request/authorize/target.ts';
import type { Decider, Decision } from '../request/decide.ts';
import type { RoutePolicies } from '../request/route-policies.ts';
import { headOf, headWith } from './head.ts';

/** Decides on the target as it was sent, and on the one that the app sees where that differs: both must permit. */
export async function decidedTwice({ decide }: Decider, req: Request, policies: RoutePolicies): Promise<Decision> {
  const sent = headOf(req);
  const decision = await decide(sent, policies);
  if (!decision.allow) return decision;
  const inApp = `${req.baseUrl}${pathOf(req.url) ?? ''}`;
  return inApp === pathOf(req.originalUrl) ? decision : decide(headWith(req, inApp), policies);
}

/** Warns once of a mount path below which no rule can match: rules are written for whole paths. */
export function mountWarning(log: Log, rules: RuleTable): (baseUrl: string) => void {
  let warned = false;
  return function warnOfMount(baseUrl) {
    if (warned || baseUrl === '' || rules.reaches(baseUrl)) return;
    warned = true;
    log.warn(
      { mount: baseUrl },
      'no rule of protect() can match below its mount path: rules are written for the whole path, the mount path included',
    );
  };
}
