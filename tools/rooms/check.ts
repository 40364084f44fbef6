/**
 * The rules of `.dependency-cruiser.cjs`, cycles of folders, names that two files of `src` export, its `library`
 * aside, and wide comments.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cruise, format, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { sharedNames } from './exportedNames.ts';
import { folderProblems, type Import } from './folders.ts';
import tolerated from './toleratedPairs.json';
import { wideComments } from './wideComments.ts';

/** @returns the exit code */
export async function main(root: string): Promise<number> {
  process.chdir(root);
  const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs');
  const { output } = await cruise(['src'], options, undefined, { tsConfig: extractTSConfig('./tsconfig.json') });
  const result = output as ICruiseResult;
  const rules = await format(result, { outputType: 'err' });
  console.info(rules.output);
  const isChecked = checkedBy(options);
  // The package's public names repeat those of what they wrap.
  const sources = result.modules.map(({ source }) => source).filter((file) => /^src\/(?!library\/).*\.tsx?$/.test(file));
  const imports = result.modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }): Import => ({ from: source, to: resolved })),
  );
  const read = (file: string): readonly [string, string] => [file, readFileSync(path.join(root, file), 'utf8')];
  const problems = [
    ...folderProblems(
      imports.filter(({ from, to }) => isChecked(from) && isChecked(to)),
      tolerated,
    ),
    ...sharedNames(sources.map(read)),
    ...wideComments([...result.modules.map(({ source }) => source), ...shaders(root)].filter(isOurs).map(read)),
  ];
  for (const problem of problems) console.error(problem);
  return rules.exitCode > 0 || problems.length > 0 ? 1 : 0;
}

/** Paths of all kernels. */
function shaders(root: string): string[] {
  const names = readdirSync(path.join(root, 'shaders'), { recursive: true, encoding: 'utf8' });
  return names.map((name) => path.posix.join('shaders', name));
}

function isOurs(file: string): boolean {
  return /^(?:src|shaders)\/.*\.(?:tsx?|wgsl)$/.test(file);
}

/** TypeScript that is no test, as the rule `tests only` tells them apart. */
function checkedBy({ ruleSet }: ICruiseOptions): (file: string) => boolean {
  const rule = ruleSet?.forbidden?.find(({ name }) => name === 'tests only');
  const tests = rule !== undefined && 'to' in rule ? rule.to.path : undefined;
  if (typeof tests !== 'string') throw new Error('the rule `tests only` is missing');
  const isTest = new RegExp(tests);
  return (file) => /^src\/.*\.tsx?$/.test(file) && !isTest.test(file);
}
