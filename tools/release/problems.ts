/** What keeps this checkout from being released. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { programTexts, readCatalog, TRANSLATED } from '../messages/catalogs.ts';

/** The kinds of change of Keep a Changelog, and one for changed numbers. */
const KINDS = ['Added', 'Changed', 'Changed numbers', 'Deprecated', 'Removed', 'Fixed', 'Security'];

/** A version's part of the changelog. */
interface Entry {
  /** `Unreleased`, or a number. */
  readonly version: string;
  readonly date: string | null;
  readonly text: string;
}

function entriesOf(changelog: string): Entry[] {
  return changelog
    .split(/^(?=## )/m)
    .slice(1)
    .map((part) => {
      const [, version = '', date = null] = /^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$/m.exec(part) ?? [];
      return { version, date, text: part.slice(part.indexOf('\n') + 1).trim() };
    });
}

/** What the changelog says of the version of package.json. @throws Error if it says nothing */
export function releaseNotes(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const entry = entriesOf(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8')).find((one) => one.version === version);
  if (entry === undefined) throw new Error(`CHANGELOG.md has no entry for ${version}.`);
  return entry.text;
}

/** The files that name the version, by what they say. */
export interface Kit {
  readonly manifest: string;
  readonly lock: string;
  readonly python: string;
  readonly citation: string;
  readonly changelog: string;
}

const FILES: Readonly<Record<keyof Kit, string>> = {
  manifest: 'package.json',
  lock: 'package-lock.json',
  python: 'python/pyproject.toml',
  citation: 'CITATION.cff',
  changelog: 'CHANGELOG.md',
};

export function readKit(root: string): Kit {
  const read = (name: keyof Kit): string => readFileSync(path.join(root, FILES[name]), 'utf8');
  return {
    manifest: read('manifest'),
    lock: read('lock'),
    python: read('python'),
    citation: read('citation'),
    changelog: read('changelog'),
  };
}

interface Versioned {
  readonly version: string;
}
interface Lock extends Versioned {
  readonly packages: { readonly '': Versioned };
}

/** @param tag of the commit, such as `v1.0.0`; null if there is none yet */
export function kitProblems(kit: Kit, tag: string | null): string[] {
  const { version } = JSON.parse(kit.manifest) as Versioned;
  const lock = JSON.parse(kit.lock) as Lock;
  const citation = parse(kit.citation) as Readonly<Record<string, string | undefined>>;
  const others = {
    [FILES.lock]: lock.version === version ? lock.packages[''].version : lock.version,
    [FILES.python]: /^version = "(.*)"$/m.exec(kit.python)?.[1],
    [FILES.citation]: citation.version,
    ...(tag === null ? {} : { 'the tag': tag.replace(/^v/, '') }),
  };
  const problems = Object.entries(others)
    .filter(([, other]) => other !== version)
    .map(([name, other]) => `${name} has version ${other}, and ${FILES.manifest} ${version}.`);
  for (const field of ['cff-version', 'message', 'title', 'authors', 'license', 'date-released']) {
    if (citation[field] === undefined) problems.push(`${FILES.citation} lacks ${field}.`);
  }
  return [...problems, ...changelogProblems(kit.changelog, version, String(citation['date-released']))];
}

function changelogProblems(changelog: string, version: string, released: string): string[] {
  const problems: string[] = [];
  const entries = entriesOf(changelog);
  const [first, second] = entries;
  if (first?.version !== 'Unreleased') problems.push(`${FILES.changelog} does not begin with [Unreleased].`);
  if (second?.version !== version) problems.push(`The newest entry of ${FILES.changelog} is not ${version}.`);
  else if (second.date !== released)
    problems.push(`${FILES.changelog} dates ${version} ${second.date ?? 'not at all'}, and ${FILES.citation} ${released}.`);
  for (const { version: of, text } of entries) {
    const kinds = [...text.matchAll(/^### (.+)$/gm)].map(([, kind]) => kind!);
    const unknown = kinds.filter((kind) => !KINDS.includes(kind));
    if (of === '' || unknown.length > 0)
      problems.push(`${FILES.changelog}, ${of || 'a heading'}: ${unknown.join(', ') || 'not as [1.0.0] - 2026-12-04'}.`);
  }
  return problems;
}

/** Texts of the page that a language lacks. */
export function languageProblems(root: string): string[] {
  const { texts } = programTexts(root);
  return TRANSLATED.flatMap((id) => {
    const catalog = readCatalog(root, id);
    const missing = texts.filter(({ text }) => catalog[text] === undefined).length;
    return missing === 0 ? [] : [`${id} lacks ${missing} of ${texts.length} texts: npm run messages -- --missing FILE.`];
  });
}

/** `node tools/release/check.mjs`. @returns the exit code */
export function main(root: string, args: readonly string[]): number {
  const at = args.indexOf('--tag');
  const problems = [...kitProblems(readKit(root), at < 0 ? null : (args[at + 1] ?? '')), ...languageProblems(root)];
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.info('Ready to be released.');
  return problems.length > 0 ? 1 : 0;
}
