/** A sentence for a Node that is too old, else undefined: `node:sqlite` needs 22.19. `version` as in `process.versions.node`. */
export function tooOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return undefined;
  return `Gatewarden needs Node 22.19 or newer, and this is ${version}.`;
}
