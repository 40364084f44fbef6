/** The machine's LaTeX, which is not part of the project: tests that need it are skipped if it is absent. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ENGINES = ['pdflatex', 'lualatex'] as const;

/** The first LaTeX that starts and has these packages; null if there is none, and why. */
export function findLatex(packages: readonly string[]): { readonly latex: string | null; readonly why: string } {
  const engine = ENGINES.find((name) => spawnSync(name, ['--version']).status === 0);
  const missing = packages.find((name) => engine !== undefined && spawnSync('kpsewhich', [`${name}.sty`]).status !== 0);
  if (engine !== undefined && missing === undefined) return { latex: engine, why: '' };
  const why = engine === undefined ? 'there is no pdflatex or lualatex' : `LaTeX has no ${String(missing)}`;
  return { latex: null, why: `${why} (Debian: texlive-latex-recommended, texlive-pictures)` };
}

export interface CompiledDocument {
  readonly pages: number;
  /** Lines of the log about overfull boxes. */
  readonly overfull: readonly string[];
  readonly log: string;
}

/** @param files beside the document, by name @throws Error with LaTeX's message */
export function compileLatex(
  engine: string,
  document: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): CompiledDocument {
  const folder = mkdtempSync(path.join(tmpdir(), 'karma-tex-'));
  try {
    for (const [name, content] of Object.entries({ ...files, 'paper.tex': document }))
      writeFileSync(path.join(folder, name), content);
    try {
      execFileSync(engine, ['-interaction=nonstopmode', '-halt-on-error', 'paper.tex'], { cwd: folder, stdio: 'pipe' });
    } catch (error) {
      const output = String((error as { stdout?: Buffer }).stdout ?? error);
      throw new Error(output.split('\n').slice(-30).join('\n'), { cause: error });
    }
    const log = readFileSync(path.join(folder, 'paper.log'), 'latin1');
    return {
      pages: Number(/\((\d+) pages?/.exec(log.replace(/\n/g, ''))?.[1] ?? 0),
      overfull: log.split('\n').filter((line) => line.startsWith('Overfull')),
      log,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
