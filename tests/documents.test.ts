/**
 * What the documents promise: links and files that exist, a tour that follows the imports, lengths, counts of
 * files in the history.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOST_FIRST_BYTES } from '../tools/firstLoadPlugin';

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
// The tables of stored grids are generated, and some of their plots are not kept.
const documents = tracked.filter((file) => file.endsWith('.md') && !/^docs\/findings\/[\w-]+\//.test(file));
const ARCHITECTURE = 'docs/architecture.md';

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** As GitHub makes them: lower case, without punctuation, spaces as hyphens. */
function anchorsOf(document: string): Set<string> {
  const headings = document.split('\n').filter((line) => /^#{1,6} /.test(line));
  return new Set(headings.map(anchorOf));
}

function anchorOf(heading: string): string {
  const text = heading.replace(/^#+ /, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

function words(file: string): number {
  return read(file).split(/\s+/).filter(Boolean).length;
}

describe('links', () => {
  it.each(documents)('of %s lead to files and headings that exist', (file) => {
    const broken = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [name, anchor] = link.split('#') as [string, string | undefined];
        const target = name === '' ? file : path.join(path.dirname(file), name);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsOf(read(target)).has(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('of code to documents lead to files that exist', () => {
    const code = tracked.filter((file) => /\.(ts|tsx|mjs|cjs|py|sh|wgsl|json)$/.test(file) && !file.includes('fixtures/'));
    const broken = code.flatMap((file) =>
      [...read(file).matchAll(/(?<![\w/.])docs\/[\w/-]+\.md/g)]
        .filter(([document]) => !existsSync(document))
        .map(([document]) => `${file}: ${document}`),
    );
    expect(broken).toEqual([]);
  });

  it.each(documents)('of %s name source files that exist', (file) => {
    const named = [...read(file).matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:tsx?|wgsl|mjs))`/g)].map(([, name]) => name!);
    const missing = named.filter((name) => !tracked.some((one) => one === name || one.endsWith(`/${name}`)));
    expect(missing).toEqual([]);
  });

  it('of docs/README.md name every document', () => {
    const index = read('docs/README.md');
    const missing = readdirSync('docs')
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .filter((name) => !index.includes(`](${name})`));
    expect(missing).toEqual([]);
  });
});

describe('lengths', () => {
  it.each([
    ['README.md', 1000],
    [ARCHITECTURE, 3400],
  ])('%s has at most %i words', (file, most) => {
    expect(words(file)).toBeLessThanOrEqual(most);
  });

  // Findings are written by whoever runs the grids; recipe.md is generated.
  const wrapped = documents.filter((file) => /^(README\.md|docs\/[\w-]+\.md)$/.test(file) && file !== 'docs/findings.md');
  it.each(wrapped)('%s is wrapped at 110 columns, but for tables, code and what cannot be broken', (file) => {
    let fenced = false;
    const wide = read(file)
      .split('\n')
      .filter((line) => {
        if (line.startsWith('```')) fenced = !fenced;
        if (fenced || /^(\||#|!\[|<| {4})/.test(line)) return false;
        return (
          line.length > 110 &&
          line
            .trim()
            .replace(/^([-*]|\d+\.) /, '')
            .includes(' ')
        );
      });
    expect(wide).toEqual([]);
  });
});

describe('the tour of docs/architecture.md', () => {
  const sources = tracked.filter((file) => /^src\/.*\.(ts|tsx)$/.test(file) && !/\.test\.tsx?$/.test(file));
  const known = new Set(sources);
  const imports = new Map(sources.map((file) => [file, importsOf(file)]));

  function importsOf(file: string): string[] {
    return [...read(file).matchAll(/(?:from|import\(?|new URL\()\s*'(\.[^']+)'/g)].flatMap(([, link]) => {
      const base = path.join(path.dirname(file), link!);
      const found = [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find((one) => known.has(one));
      return found === undefined ? [] : [found];
    });
  }

  function reaches(from: string, to: string): boolean {
    const [seen, next] = [new Set([from]), [from]];
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      if (file === to) return true;
      for (const one of imports.get(file) ?? []) {
        if (seen.has(one)) continue;
        seen.add(one);
        next.push(one);
      }
    }
    return false;
  }

  /** The file that a name, with as much of its folder as tells it apart, stands for. */
  function fileOf(name: string): string {
    const found = sources.filter((file) => file.endsWith(`/${name}`));
    expect(found, name).toHaveLength(1);
    return found[0]!;
  }

  const section = sectionOf(read(ARCHITECTURE), 'A tour: one batch, from file to pixel');
  const steps = section
    .split(/\n(?=\d+\. )/)
    .filter((step) => /^\d+\. /.test(step))
    .map((step) => [...step.matchAll(/`([\w/]+\.tsx?)`/g)].map(([, name]) => name!));

  it('has at most 300 words and names files in every step', () => {
    expect(section.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(300);
    expect(steps.length).toBeGreaterThan(4);
    expect(steps.filter((files) => files.length < 2)).toEqual([]);
  });

  it.each(steps)('follows the imports from %s', (...names) => {
    const [root, ...files] = names.map(fileOf);
    let last = root!;
    for (const file of files) {
      expect(reaches(last, file) || reaches(root!, file), `${last} → ${file}`).toBe(true);
      last = file;
    }
  });
});

describe('docs/architecture.md', () => {
  const text = read(ARCHITECTURE);

  it('names files and folders that exist', () => {
    const named = [...text.matchAll(/`((?:src|shaders|python|tools|tests|e2e|docs|bench|public)\/[\w./-]+)`/g)].map(
      ([, name]) => name!,
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });

  it('names every room of src', () => {
    const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.map(({ name }) => `\`src/${name}\``).filter((room) => !text.includes(room))).toEqual([]);
  });

  it('gives the limit of the first load that the build enforces', () => {
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`${MOST_FIRST_BYTES / 1000} kB gzip (\`tools/firstLoadPlugin.ts\`)`);
  });

  it('counts the files that an extension takes', () => {
    const lists = [...text.matchAll(/^### .*: (\d+) files.*\n([\s\S]*?)(?=\n#|$(?![\s\S]))/gm)];
    expect(lists.length).toBeGreaterThanOrEqual(5);
    for (const [heading, count, list] of lists) {
      const items = list!.match(/^\d+\. /gm) ?? [];
      expect(items.length, heading).toBe(Number(count));
    }
  });

  const rows = [...text.matchAll(/`([0-9a-f]{8})`: (\d+) files/g)].map(([, commit, count]) => [commit!, Number(count)] as const);
  const [first] = rows.map(([commit]) => commit);
  // A shallow clone has no history to count in.
  const hasHistory = first !== undefined && existsCommit(first);

  it('gives two examples of an extension from the history', () => {
    expect(rows.length).toBeGreaterThanOrEqual(10);
  });

  it.skipIf(!hasHistory).each(rows)('counts the files of %s: %i', (commit, count) => {
    const changed = execFileSync('git', ['show', '--name-only', '--format=', commit], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
    expect(changed.filter(isProduct).length).toBe(count);
  });
});

it('docs/reliability.md counts the fixtures of PyTorch', () => {
  const cases = readdirSync('python/fixtures').filter((name) => name.endsWith('.safetensors')).length;
  const counts = [...read('docs/reliability.md').matchAll(/(\d+) cases(?= over| \|)/g)].map(([, count]) => Number(count));
  expect(counts).toEqual([cases, cases]);
});

/** Not documents, translations, tests, or data. */
function isProduct(file: string): boolean {
  return !/^docs\/|\.md$|locales\/|\.test\.tsx?$|^tests\/|^e2e\/|^python\/tests\/|^src\/testing\/|fixtures|^public\/|package-lock/.test(
    file,
  );
}

function existsCommit(commit: string): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function sectionOf(document: string, heading: string): string {
  const [, after = ''] = document.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0]!;
}

it('docs/library.md shows the examples that are run', () => {
  const shown = read('docs/library.md');
  for (const name of ['fineTune', 'recommend', 'ablate']) {
    const code = read(`docs/examples/${name}.mjs`).trim();
    expect(shown).toContain(code.replace(/^(?=.)/gm, '    '));
  }
});
