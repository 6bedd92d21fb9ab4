/** The compiled path of a rule: the literal beginning, then a step for each further segment. */
export type Pattern = Readonly<{
  /** The literal segments at the beginning, each with its slash; '' for `/**`. */
  prefix: string;
  steps: readonly Step[];
  /** The path ends in `**`: it matches all paths below. */
  open: boolean;
}>;

type Step = Readonly<{ kind: 'literal'; text: string }> | Readonly<{ kind: 'any' }> | Readonly<{ kind: 'self' }>;

/** A literal segment: unreserved characters, and those of RFC 3986's sub-delims and pchar that rules do not use. */
const literal = /^[A-Za-z0-9._~!$&'()+,=@:-]+$/;

/** Returns what is wrong with the path of a rule, as a sentence, or `undefined`. */
export function patternProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `the path "${path}" must begin with /`;
  if (path === '/') return undefined;
  const segments = path.slice(1).split('/');
  if (segments.at(-1) === '') return `"${path}" ends in /: write it without, or with /** for all below`;
  if (segments.includes('')) return `"${path}" has an empty segment`;
  if (segments.indexOf('**') !== -1 && segments.indexOf('**') !== segments.length - 1)
    return '** stands only at the end';
  if (segments.filter((segment) => segment === ':self').length > 1) return ':self may stand once only';
  return segments.map(segmentProblem).find((problem) => problem !== undefined);
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '*' || segment === '**' || segment === ':self') return undefined;
  if (segment.includes('*')) return `"${segment}": * stands for a whole segment`;
  if (segment.startsWith(':')) return `"${segment}": of names, there is only :self`;
  if (/^\.+$/.test(segment)) return `"${segment}" is a dot segment`;
  if (segment.endsWith('.')) return `"${segment}" ends in a dot, which some services drop`;
  if (segment.includes('%'))
    return `"${segment}": rules are written decoded, so % matches nothing; use * for the segment`;
  return literal.test(segment) ? undefined : `"${segment}" has characters that match nothing; use * for the segment`;
}

/** Compiles the path of a rule that has no problems. */
export function compilePattern(path: string): Pattern {
  const open = path.endsWith('/**');
  const segments = path === '/' ? [''] : path.slice(1).split('/');
  if (open) segments.pop();
  const at = segments.findIndex((segment) => segment === '*' || segment === ':self');
  const first = at === -1 ? segments : segments.slice(0, at);
  const rest = at === -1 ? [] : segments.slice(at);
  return { prefix: first.map((segment) => `/${segment}`).join(''), steps: rest.map(stepOf), open };
}

function stepOf(segment: string): Step {
  if (segment === '*') return { kind: 'any' };
  return segment === ':self' ? { kind: 'self' } : { kind: 'literal', text: segment };
}

/**
 * Matches one reading of a path. Returns the segment at `:self`, '' when the pattern has none, or `undefined` for no match.
 * `*` and `:self` match one segment that is not empty; `/a/**` matches `/a` and all paths below.
 */
export function match(pattern: Pattern, path: string): string | undefined {
  if (!path.startsWith(pattern.prefix)) return undefined;
  const at = pattern.prefix.length;
  return pattern.steps.length === 0 ? ends(pattern, path, at, '') : walk(pattern, path, at);
}

function walk(pattern: Pattern, path: string, from: number): string | undefined {
  let at = from;
  let self = '';
  for (const step of pattern.steps) {
    if (path.charCodeAt(at) !== 0x2f) return undefined;
    const slash = path.indexOf('/', at + 1);
    const end = slash === -1 ? path.length : slash;
    if (end === at + 1) return undefined;
    if (step.kind === 'self') self = path.slice(at + 1, end);
    else if (step.kind === 'literal' && path.slice(at + 1, end) !== step.text) return undefined;
    at = end;
  }
  return ends(pattern, path, at, self);
}

function ends(pattern: Pattern, path: string, at: number, self: string): string | undefined {
  if (at === path.length) return self;
  return pattern.open && path.charCodeAt(at) === 0x2f ? self : undefined;
}

/** Whether the path of a rule covers something at or below `base`, segment by segment, in any case. */
export function canMatchBelow(path: string, base: string): boolean {
  const wanted = segmentsOf(path.toLowerCase());
  const given = segmentsOf(base.toLowerCase());
  for (const [at, segment] of given.entries()) {
    const pattern = wanted[at];
    if (pattern === '**') return true;
    if (pattern !== '*' && pattern !== ':self' && pattern !== segment) return false;
  }
  return true;
}

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');
