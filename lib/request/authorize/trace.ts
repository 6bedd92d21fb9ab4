import type { Refusal } from '../../errors.ts';
import type { Principal } from '../../types.ts';
import type { RequestSource } from '../extract/source.ts';
import type { PathOwner } from './own-paths.ts';
import type { Rule } from './rules.ts';

/** What a rule may require of whoever it lets through. */
export type Requirement = 'role' | 'self' | 'scope' | 'network' | 'approve';

/** One thing that a decision found out, in the order in which it was found. */
export type TraceStep =
  /** Whose path the target is. */
  | Readonly<{ kind: 'owner'; owner: PathOwner }>
  /** One way to read the path, and the rule that it selects; `undefined`: no rule matches, only an admin passes. */
  | Readonly<{ kind: 'reading'; path: string; rule: Rule | undefined }>
  /** The path cannot be judged. */
  | Readonly<{ kind: 'path-refused'; refusal: Refusal }>
  /** Where the request comes from and which host it is for. */
  | Readonly<{ kind: 'source'; source: RequestSource }>
  /** Who makes the request; `refusal`: the host, the credentials or the Origin were refused. */
  | Readonly<{ kind: 'principal'; principal: Principal; refusal?: Refusal | undefined }>
  /** One requirement of a selected rule, and whether it holds. */
  | Readonly<{ kind: 'requirement'; rule: Rule | undefined; requirement: Requirement; refusal?: Refusal | undefined }>;

/** Is told each step of a decision. Absent on the request path: a decision that nobody traces builds no steps. */
export type Trace = (step: TraceStep) => void;
