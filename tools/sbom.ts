import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/*
 * Writes dist/sbom.cdx.json, the bill of materials of the package: every production dependency of package-lock.json with
 * its version, hash and licence (where it names one), as CycloneDX 1.5. `npm pack` runs it, so the file is in the tarball.
 */

type Component = Readonly<{ 'bom-ref': string; properties?: readonly Readonly<{ name: string; value: string }>[] }>;
type Bom = Readonly<{
  metadata: Readonly<{ component: object }>;
  components: readonly Component[];
  dependencies: readonly Readonly<{ ref: string; dependsOn: readonly string[] }>[];
}>;

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--loglevel=error'];
const bom = JSON.parse(execFileSync(npm, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Bom;
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; version: string };

// Not `--omit=dev`: npm 11 then leaves out what a development dependency needs as well.
const isForDevelopment = ({ properties = [] }: Component): boolean =>
  properties.some((one) => one.name === 'cdx:npm:package:development' && one.value === 'true');
const components = bom.components.filter((one) => !isForDevelopment(one));
const left = new Set([...components.map((one) => one['bom-ref']), `${name}@${version}`]);
const dependencies = bom.dependencies
  .filter(({ ref }) => left.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => left.has(one)) }));

// npm names the package after the folder that it stands in.
const metadata = { ...bom.metadata, component: { ...bom.metadata.component, name, version } };
mkdirSync('dist', { recursive: true });
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify({ ...bom, metadata, components, dependencies }, null, 2)}\n`);
