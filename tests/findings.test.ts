import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { summariseFolder, sweepOfFolder } from '../src/cli/gridFolder';
import { operationTables } from '../src/cli/operationTables';
import { summarise } from '../src/cli/summarise';
import { RATES_FILE } from '../src/recipe/recordedFiles';
import type { OperationResults } from '../src/record/operationResults';
import type { RunRecord } from '../src/record/runRecord';

const FINDINGS = path.resolve('docs/findings');
const PAGES = ['docs/findings.md', 'docs/findings/superseded.md'].map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const PAGE = PAGES.map(({ text }) => text).join('\n');
const folders = readdirSync(FINDINGS, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const withSummary = folders.filter((name) => existsSync(path.join(FINDINGS, name, 'summary.md')));
const withRuns = folders.filter((name) => readdirSync(path.join(FINDINGS, name)).some((file) => file.endsWith('.run.json.gz')));

describe('findings', () => {
  it.each(withRuns)('%s: tables and plots follow from its run files', async (name) => {
    const folder = path.join(FINDINGS, name);
    const { files } = await summariseFolder(folder, null);
    for (const [file, content] of Object.entries(files())) expect(readFileSync(path.join(folder, file), 'utf8')).toBe(content);
    const against = path.join(folder, 'against-shuffled.md');
    if (!existsSync(against)) return;
    expect(readFileSync(against, 'utf8')).toBe(`${(await summariseFolder(folder, 'shuffled')).text}\n`);
  });

  it.each(PAGES)('$file quotes tables word for word', ({ file, text }) => {
    const current = file === 'docs/findings.md';
    const summaries = withSummary
      .filter((name) => name.startsWith('strong-') === current)
      .map((name) => readFileSync(path.join(FINDINGS, name, 'summary.md'), 'utf8'));
    const known = new Set(summaries.flatMap((summary) => summary.split('\n')));
    const headOf = (line: string): string => (line.startsWith('| ') ? line.split('|')[1]! : '');
    const metrics = new Set([...known].map(headOf).filter((head) => /\w/.test(head)));
    const quoted = text.split('\n').filter((line) => metrics.has(headOf(line)));
    expect(quoted.length).toBeGreaterThan(25);
    expect(quoted.filter((line) => !known.has(line))).toEqual([]);
  });

  it('have the tables of plain cures from the sweeps that are stored', async () => {
    const sweeps = ['store-rates', 'store-cures'].map((name) => path.join(FINDINGS, name, 'sweep.json.gz'));
    const text = await summarise([...sweeps, '--at', '0.016', '--baseline', 'karma']);
    const rows = text.split('\n').filter((line) => /^\| [^+ ]|^\| \+(?!gen|rec)/.test(line) && !line.startsWith('| ---'));
    expect(rows.length).toBeGreaterThan(15);
    const quoted = new Set(PAGE.split('\n'));
    expect(rows.map((row) => row.replaceAll('-', '−')).filter((row) => !quoted.has(row))).toEqual([]);
  });

  it.each(['strong', 'collapse'])('operations on %s: tables follow from the results, and are quoted word for word', (run) => {
    const file = path.join(FINDINGS, 'cause', run);
    const results = JSON.parse(gunzipSync(readFileSync(`${file}.json.gz`)).toString()) as OperationResults;
    const tables = operationTables(results);
    expect(readFileSync(`${file}.md`, 'utf8')).toBe(tables);
    const operated = PAGE.split('\n').filter((line) => /^\| (sinks × |all (heads|adapters) cut)/.test(line));
    const both = ['strong', 'collapse'].map((one) => readFileSync(path.join(FINDINGS, 'cause', `${one}.md`), 'utf8')).join('\n');
    expect(operated.length).toBeGreaterThan(4);
    expect(operated.filter((line) => !both.split('\n').includes(line))).toEqual([]);
  });

  it('are what the page opens with: its grid follows from the run files', async () => {
    const shipped = JSON.parse(gunzipSync(readFileSync(`public/${RATES_FILE}`)).toString()) as unknown;
    expect(shipped).toEqual(JSON.parse(JSON.stringify(await sweepOfFolder(path.join(FINDINGS, 'strong-store')))));
  });

  it('copy nothing of others’ logs: neither users nor titles', () => {
    expect(withRuns.length).toBeGreaterThan(1);
    for (const name of withRuns) {
      const folder = path.join(FINDINGS, name);
      const grid = JSON.parse(readFileSync(path.join(folder, 'grid.json'), 'utf8')) as { base: { data: { id: string } } };
      if (grid.base.data.id === 'sample') continue;
      for (const file of readdirSync(folder).filter((one) => one.endsWith('.run.json.gz'))) {
        const { probes, arms } = JSON.parse(gunzipSync(readFileSync(path.join(folder, file))).toString()) as RunRecord;
        expect(probes.flatMap(({ user, labels, target }) => [user, ...labels, target]).filter((text) => text !== '')).toEqual([]);
        expect(arms.flatMap(({ evaluations }) => evaluations.flatMap(({ readings }) => readings))).toEqual([]);
      }
    }
  });

  it('link to existing files', () => {
    for (const { file, text } of PAGES) {
      const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!).filter((link) => !link.startsWith('http'));
      expect(links.length).toBeGreaterThan(3);
      for (const link of links) expect(existsSync(path.resolve(path.dirname(file), link)), link).toBe(true);
    }
  });
});
