import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/*
 * Writes dist/sbom.cdx.json, the bill of materials of the package: every production dependency of package-lock.json with
 * its version, hash and licence (where it names one), as CycloneDX 1.5. `npm pack` runs it, so the file is in the tarball.
 */

type Package = Readonly<{ name: string; version: string }>;
type Bom = Readonly<{ metadata: Readonly<{ component: object }> }>;

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const args = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only', '--loglevel=error'];
const bom = JSON.parse(execFileSync(npm, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Bom;
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;

// npm names the package after the folder that it stands in.
const component = { ...bom.metadata.component, name, version };
mkdirSync('dist', { recursive: true });
writeFileSync(
  'dist/sbom.cdx.json',
  `${JSON.stringify({ ...bom, metadata: { ...bom.metadata, component } }, null, 2)}\n`,
);
