/** Which test files open a WebGPU device or run ONNX Runtime: those whose imports lead to one of these, however indirectly. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const FOLDERS = ['src', 'tools', 'tests', 'bench'];
const HEAVY = ['webgpu', 'onnxruntime-web'];
/** Static, dynamic and re-exporting imports; type-only ones do not exist at run time. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?!type\b)[^;'"]*?from\s+'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/g;

export interface TestFiles {
  /** No device, no ONNX Runtime and no page: they share modules. */
  readonly pure: readonly string[];
  /** Components in happy-dom: they share modules and one document. */
  readonly components: readonly string[];
  /** Files that replace a module, globals or the clock: each has its own modules. */
  readonly replacing: readonly string[];
  /** Kernels by themselves, of other libraries, or of many models: compiling them is most of the work. Not those in half precision. */
  readonly kernels: readonly string[];
  /** Whole models, and what only Mesa's driver can compute: running them is most of the work. */
  readonly experiments: readonly string[];
  /** Files that replace a module, which must not be loaded before, or collect garbage at every step, which takes long if there is much. */
  readonly apart: readonly string[];
}

/** Paths of the test files, from the repository's root. */
export function testFiles(root: string): TestFiles {
  const known = new Map<string, boolean>();
  const reaches = (file: string): boolean => {
    const found = known.get(file);
    if (found !== undefined) return found;
    known.set(file, false);
    const heavy = importsOf(file).some((specifier) => {
      if (!specifier.startsWith('.')) return HEAVY.some((name) => specifier === name || specifier.startsWith(`${name}/`));
      const target = resolved(path.join(path.dirname(file), specifier.split('?')[0]!));
      return target !== null && reaches(target);
    });
    known.set(file, heavy);
    return heavy;
  };
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.posix.join(folder, file)),
  ).filter((file) => /\.test\.tsx?$/.test(file));
  // Campaigns are found by name, not imported.
  const heavy = files.filter((file) => path.basename(file) === 'gpu.test.ts' || reaches(path.join(root, file)));
  const apart = heavy.filter((file) => /vi\.mock\(|\bheldBytes\(/.test(readFileSync(path.join(root, file), 'utf8')));
  const shared = heavy.filter((file) => !apart.includes(file));
  const light = files.filter((file) => !heavy.includes(file));
  const saying = (words: RegExp): string[] => light.filter((file) => words.test(readFileSync(path.join(root, file), 'utf8')));
  const replacing = saying(/\bvi\.(?:stub|mock|useFake|resetModules)/);
  const components = saying(/@vitest-environment/).filter((file) => !replacing.includes(file));
  const ofKernels = (file: string): boolean =>
    /^src\/(engine|gpu|verify)\/|^bench\/|\/families\.test\.ts$/.test(file) &&
    !readFileSync(path.join(root, file), 'utf8').includes('shader-f16');
  return {
    pure: light.filter((file) => !components.includes(file) && !replacing.includes(file)),
    components,
    replacing,
    kernels: shared.filter(ofKernels),
    experiments: shared.filter((file) => !ofKernels(file)),
    apart,
  };
}

function importsOf(file: string): string[] {
  if (!/\.tsx?$/.test(file)) return [];
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, a, b, c]) => (a ?? b ?? c)!);
}

function resolved(file: string): string | null {
  const candidates = [file, `${file}.ts`, `${file}.tsx`, path.join(file, 'index.ts')];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true) ?? null;
}
