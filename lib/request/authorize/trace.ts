import type { Refusal } from '../../errors.ts';
import type { Principal } from '../../types.ts';
import type { RequestSource } from '../extract/source.ts';
import type { PathOwner } from './own-paths.ts';
import type { Rule } from './rules.ts';

/** A requirement of a rule. */
export type Requirement = 'role' | 'self' | 'scope' | 'network' | 'approve';

/** One step of a decision. */
export type TraceStep =
  /** The owner of the target. */
  | Readonly<{ kind: 'owner'; owner: PathOwner }>
  /** The route of the host and path, by its name. */
  | Readonly<{ kind: 'route'; name: string }>
  /** One reading of the path, and the rule that it selects; `undefined`: no rule matches, only an admin passes. */
  | Readonly<{ kind: 'reading'; path: string; rule: Rule | undefined }>
  /** The path is ambiguous, and refused. */
  | Readonly<{ kind: 'path-refused'; refusal: Refusal }>
  /** The source of the request. */
  | Readonly<{ kind: 'source'; source: RequestSource }>
  /** The principal; `refusal`: the host, the credentials or the Origin were refused. */
  | Readonly<{ kind: 'principal'; principal: Principal; refusal?: Refusal | undefined }>
  /** One requirement of a selected rule; without a `refusal` it holds. */
  | Readonly<{ kind: 'requirement'; rule: Rule | undefined; requirement: Requirement; refusal?: Refusal | undefined }>;

/** Called with each step of a decision. Absent on the request path, where no steps are built. */
export type Trace = (step: TraceStep) => void;
