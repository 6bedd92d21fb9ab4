import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-5';

/** What an editor shows over each of these options where somebody writes `gatewarden({ … })` in `folder`. */
export function hoverTexts(folder: string, options: readonly string[]): Readonly<Record<string, string>> {
  const path = join(folder, 'hovered.ts');
  const text = `import { gatewarden } from 'gatewarden';\nawait gatewarden({ ${options.map((one) => `${one}: undefined`).join(', ')} });\n`;
  const service = ts.createLanguageService(hostOf(folder, path, text));
  const shown = options.map((one) => {
    const info = service.getQuickInfoAtPosition(path, text.indexOf(` ${one}:`) + 1);
    return [one, ts.displayPartsToString(info?.documentation)] as const;
  });
  return Object.fromEntries(shown);
}

function hostOf(folder: string, path: string, text: string): ts.LanguageServiceHost {
  const read = (name: string) => (name === path ? text : existsSync(name) ? readFileSync(name, 'utf8') : undefined);
  const { NodeNext: module } = ts.ModuleKind;
  const { NodeNext: moduleResolution } = ts.ModuleResolutionKind;
  const { readDirectory, directoryExists, getDirectories } = ts.sys;
  return {
    ...{ readDirectory, directoryExists, getDirectories },
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot(name) {
      const found = read(name);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    fileExists: (name) => name === path || ts.sys.fileExists(name),
    readFile: read,
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => ({ module, moduleResolution, target: ts.ScriptTarget.ES2022, strict: true }),
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
  };
}
