import type { ErrorCode } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Rule } from './authorize/rules.ts';
import type { TraceStep } from './authorize/trace.ts';
import { type Decider, type Decision, isOwnPath, type OwnPath, type Routed } from './decide.ts';
import type { RequestHead } from './extract/head.ts';
import type { Identifier } from './identify.ts';

/** Why a request was or was not authenticated and allowed. Holds no secret. */
export type Explanation = Readonly<{
  /** `own-path`: one of Gatewarden's own routes, which have guards of their own. */
  decision: 'passes' | 'refused' | 'own-path';
  /** `ok`, or the code of the refusal. */
  status: 'ok' | ErrorCode;
  /** The kinds of credential that the request presented; `malformed` for credentials that cannot be parsed. */
  presented: readonly string[];
  /** What the credentials authenticate: a principal, nobody, or the code with which they were refused. */
  outcome: 'principal' | 'nobody' | ErrorCode;
  principal: Principal;
  /** The name of the route of the host and path. Absent where none was found, and for Gatewarden's own paths. */
  route?: string | undefined;
  /** The ways to read the path that were decided on, `%2f` for a slash that is data. */
  readings: readonly PathReading[];
  /** The rule that decided. Absent when no rule was read, and when none matches. */
  rule?: WrittenRule | undefined;
  /**
   * The headers that tell the upstream who asks and those that the route sets, for a request that passes. `***` in place of the
   * assertion and of what the route sets.
   */
  headers: Readonly<Record<string, string>>;
  /** One sentence. */
  reason: string;
  /** The steps of the decision in order, a sentence each. */
  steps: readonly string[];
}>;

/** A rule as written, with its line. */
export type WrittenRule = Readonly<{ line: number; text: string }>;

/** One way to read a path, and the rule that it selects. Without a rule only an admin passes. */
export type PathReading = Readonly<{ path: string; rule?: WrittenRule | undefined }>;

type Dependencies = Readonly<{
  route: Decider['route'];
  presented: Identifier['presented'];
  anonymous: Principal;
  authEnabled: boolean;
}>;

/** Explains requests in words, from the trace of the function that decides on them. Rejects only with an outage. */
export function explainer({ route, presented, anonymous, authEnabled }: Dependencies) {
  return async function explain(head: RequestHead): Promise<Explanation> {
    const steps: TraceStep[] = [];
    const decision = await route(head, (step) => steps.push(step));
    const seen = steps.find((step) => step.kind === 'principal');
    const principal = seen?.principal ?? anonymous;
    return Object.freeze({
      decision: wordOf(decision),
      status: statusOf(decision),
      presented: presented(head),
      outcome: seen?.refusal?.code ?? (principal.kind === 'anonymous' ? 'nobody' : 'principal'),
      principal,
      route: steps.find((step) => step.kind === 'route')?.name,
      readings: Object.freeze(readingsIn(steps)),
      rule: isOwnPath(decision) ? undefined : writtenRule(decision.rule),
      headers: Object.freeze(authEnabled ? headersOf(decision) : {}),
      reason: reasonOf(decision, steps),
      steps: Object.freeze([...new Set(steps.map(sentenceOf))]),
    });
  };
}

function wordOf(decision: Decision | OwnPath): Explanation['decision'] {
  if (isOwnPath(decision)) return 'own-path';
  return decision.allow ? 'passes' : 'refused';
}

function statusOf(decision: Decision | OwnPath): 'ok' | ErrorCode {
  return isOwnPath(decision) || decision.allow ? 'ok' : decision.refusal.code;
}

const writtenRule = (rule: Rule | undefined): WrittenRule | undefined =>
  rule && Object.freeze({ line: rule.line, text: rule.text });

/** Several ways to read a path may come to the same. */
function readingsIn(steps: readonly TraceStep[]): PathReading[] {
  const readings = steps.filter((step) => step.kind === 'reading');
  const distinct = new Map(readings.map((step) => [sentenceOf(step), step]));
  return [...distinct.values()].map(({ path, rule }) => Object.freeze({ path: shown(path), rule: writtenRule(rule) }));
}

const hidden = '***';

/** What the upstream of an allowed request is sent. Values of headers are bytes, one character each. */
function headersOf(decision: Routed | OwnPath): Record<string, string> {
  if (isOwnPath(decision) || !decision.allow) return {};
  const { route, principal } = decision;
  const identity = route
    .identityOf(principal)
    .map(([name, value]) => [name, Buffer.from(value, 'latin1').toString('utf8')] as const);
  const set = route.setNames.map((name) => [name, hidden] as const);
  return Object.fromEntries([...set, ...identity, ['X-Gatewarden-Assertion', hidden]]);
}

function reasonOf(decision: Decision | OwnPath, steps: readonly TraceStep[]): string {
  if (isOwnPath(decision)) return 'This is one of Gatewarden’s own routes, which have guards of their own.';
  const { rule, principal } = decision;
  if (decision.allow) {
    if (rule?.public === true) return 'The rule allows everybody.';
    if (rule !== undefined) return `The rule requires ${rule.role}, and ${nameOf(principal)} is ${principal.role}.`;
    const wasDecided = steps.some((step) => step.kind === 'requirement');
    return wasDecided ? 'No rule matches, and an admin passes.' : 'Authentication is switched off.';
  }
  const { code, detail } = decision.refusal;
  if (detail !== undefined) return detail;
  if (code === 'misdirected_host') return 'The host is not one that is served (ALLOWED_HOSTS, PUBLIC_URL).';
  if (code === 'csrf_rejected') return 'The request does not come from a page of this site.';
  if (!steps.some((step) => step.kind === 'requirement')) return `The credentials were refused: ${code}.`;
  return rule === undefined ? 'No rule matches: only an admin passes.' : `The rule requires ${rule.role}.`;
}

const nameOf = ({ kind, name }: Principal): string => (kind === 'anonymous' ? 'nobody' : name);

const writtenOf = (rule: Rule | undefined): string =>
  rule === undefined ? 'no rule: admins only' : `line ${rule.line}: ${rule.text}`;

const owners = {
  ours: 'The path is one of Gatewarden’s own.',
  upstream: 'The path belongs to the upstream.',
  unclear: 'Some readings of the path are Gatewarden’s own: refused.',
} as const;

const requirementNames = {
  role: 'role',
  self: ':self',
  scope: 'scope',
  network: 'network',
  approve: 'approval',
} as const;

/** A reading holds U+0000 for a slash that is data. It is not written to a terminal. */
const shown = (path: string): string => path.replaceAll('\u0000', '%2f').replace(/[^\x20-\x7e]/g, encodeURIComponent);

/** One step of a trace as a sentence. */
export function sentenceOf(step: TraceStep): string {
  switch (step.kind) {
    case 'owner':
      return owners[step.owner];
    case 'route':
      return `The route is ${shown(step.name)}.`;
    case 'reading':
      return `Read as ${shown(step.path)}: ${writtenOf(step.rule)}.`;
    case 'path-refused':
      return `The path is refused: ${step.refusal.detail ?? step.refusal.code}`;
    case 'source':
      return `From ${step.source.address || 'an unknown address'}, for host ${step.source.hostname}.`;
    case 'principal':
      if (step.refusal !== undefined) return `Refused before any rule: ${step.refusal.code}.`;
      return `Made by ${nameOf(step.principal)} (${step.principal.role}, via ${step.principal.via}).`;
    case 'requirement': {
      const name = requirementNames[step.requirement];
      return `${writtenOf(step.rule)}: ${name} ${step.refusal === undefined ? 'holds' : `fails (${step.refusal.code})`}.`;
    }
  }
}
