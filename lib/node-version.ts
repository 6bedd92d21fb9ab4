/**
 * An error message when Node is older than 22.19, which `node:sqlite` needs; else undefined. `version` as in
 * `process.versions.node`.
 */
export function tooOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return undefined;
  return `Gatewarden needs Node 22.19 or newer, and this is ${version}.`;
}
