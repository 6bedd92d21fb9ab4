const programs: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrom(e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^gatewarden\b/i, 'the gatewarden command'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows(?:_NT)?\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b|\bDarwin\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const firstOf = (table: typeof programs, agent: string) => table.find(([pattern]) => pattern.test(agent))?.[1];

/** Names the device of a `User-Agent` from a fixed vocabulary: the header itself is never shown. */
export function agentName(agent: string | undefined): string {
  const program = firstOf(programs, agent ?? '');
  const system = firstOf(systems, agent ?? '');
  if (program && system) return `${program} on ${system}`;
  return program ?? system ?? 'Unknown device';
}
