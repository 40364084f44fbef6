import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { evaluation, ranking, smallRecord } from '../testing/smallRecord';
import { ONLY_GIVEN } from '../record/poolSizes';
import type { RunRecord } from '../record/runRecord';
import { recordsTable, summarise, summariseRecords } from './summarise';
import { sweepMarkdown } from './sweepTable';

/** A finished run whose arms end at these HR@10. */
function run(seed: number, hr: Readonly<Record<string, number>>): RunRecord {
  const record = smallRecord();
  const arm = record.arms[0]!;
  const arms = Object.entries(hr).map(([id, share]) => ({
    ...arm,
    id,
    evaluations: [evaluation(2, share, { population: 'all', ...ranking(20, share) })],
  }));
  return { ...record, spec: { ...record.spec, seed }, arms };
}

const row = (text: string, name: string): string[] =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${name}`))!
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());

function withTargets(records: readonly RunRecord[], targets: number): RunRecord[] {
  return records.map((record) => ({ ...record, data: { ...record.data, targets } }));
}

describe('run files', () => {
  it('are read with or without gzip; what is no run is named', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'karma-summarise-'));
    try {
      const files = ['0.run.json', '1.run.json.gz'].map((name) => path.join(folder, name));
      await writeFile(files[0]!, JSON.stringify(run(0, { action: 0.4, karma: 0.5 })));
      await writeFile(files[1]!, gzipSync(JSON.stringify(run(1, { action: 0.41, karma: 0.52 }))));
      expect(await summarise(files)).toContain('Seeds 0, 1;');
      await expect(summarise([files[0]!, 'package.json'])).rejects.toThrow('package.json cannot be read as a run');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('stored runs of a grid', () => {
  it('give the same tables and plots in a fraction of the bytes, and are never written over others', async () => {
    const [whole, folder] = ['docs/findings/store-fast', await mkdtemp(path.join(tmpdir(), 'karma-stored-'))];
    try {
      const to = path.join(folder, 'stored');
      const [, after, before] = /in ([\d,]+) bytes \(([\d,]+)/
        .exec(await summarise([whole, '--store', to]))!
        .map((one) => Number(one.replaceAll(',', '')));
      expect(after! / before!).toBeLessThan(0.45);
      expect(await summarise([to])).toBe(await summarise([whole]));
      for (const name of ['summary.md', 'differences.svg'])
        expect(await readFile(path.join(to, name), 'utf8')).toBe(await readFile(path.join(whole, name), 'utf8'));
      expect((await readdir(to)).filter((name) => name.endsWith('.run.json.gz'))).toHaveLength(8);
      await expect(summarise([whole, '--store', to])).rejects.toThrow('is not empty');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('sweeps at one value', () => {
  const RATES = 'docs/findings/store-rates/sweep.json.gz';

  it('are compared line by line, as the findings have them', async () => {
    const text = await summarise([RATES, '--at', '0.016']);
    expect(row(text, 'KARMA')).toEqual(['12.7 [12.3, 13.2]', '0.061 [0.051, 0.071]', '-0.383 [-0.498, -0.268]']);
    const differences = text.slice(text.indexOf('Paired'));
    expect(row(differences, 'KARMA')[0]).toBe('**3.9 [3.4, 4.3]**');
    expect(row(differences, 'KARMA')[1]).toBe('**-0.455 [-0.501, -0.409]**');
    // A file's line of the same arm replaces the one before it.
    expect(await summarise([RATES, RATES, '--at', '0.016'])).toBe(text);
  });

  it('have every line of an arm that the grid ran under several settings', () => {
    const point = (hr: number) => ({ at: 1, seeds: [0, 1].map((seed) => ({ seed, values: { 'hr@10': hr }, watched: null })) });
    const lines = [4, 8].map((rank) => ({ arm: 'karma', label: `KARMA · ${rank}`, points: [point(rank / 100)] }));
    const facts = { name: 'x', path: 'training.learningRate', label: 'Rate', log: 'y', steps: null, batchSize: 4, users: 9 };
    const text = sweepMarkdown([{ format: 'karma-sweep', version: 1, ...facts, watch: 'test', base: {}, lines }], 1, null);
    expect(row(text, 'KARMA · 4')[0]).toBe('4.0');
    expect(row(text, 'KARMA · 8')[0]).toBe('8.0');
    expect(text).toContain('Rate 1; seeds 0, 1; 9 test targets of y.');
  });

  it('must be of one kind and have the value and the arm', async () => {
    await expect(summarise([RATES, '--at', '0.5'])).rejects.toThrow('No line has 0.5');
    await expect(summarise([RATES, '--at', '0.016', '--baseline', 'none'])).rejects.toThrow(
      'There is no arm none; there are action',
    );
    await expect(summarise([RATES, '--at', 'high'])).rejects.toThrow('--at is a number, not high.');
    await expect(summarise(['package.json', '--at', '1'])).rejects.toThrow('package.json is not a sweep');
  });
});

describe('summariseRecords', () => {
  const three = [
    run(0, { action: 0.4, karma: 0.5, odd: 0.4 }),
    run(1, { action: 0.41, karma: 0.52, odd: 0.43 }),
    run(2, { action: 0.39, karma: 0.49, odd: 0.37 }),
  ];

  it('says what is distinguishable from the baseline and what is not', () => {
    const cells = row(summariseRecords(three, []), 'HR@10 (%)');
    expect(cells.slice(0, 3)).toEqual(['40.0 ± 1.0', '50.3 ± 1.5', '40.0 ± 3.0']);
    // Differences 10, 11, 10: mean 10.33, s.e. 1/3, t.975 of 2 degrees 4.303.
    expect(cells[3]).toBe('**10.3 [8.9, 11.8]**');
    expect(cells[4]).toMatch(/^0\.0 \[.*\]$/);
  });

  it('accepts another baseline by name', () => {
    const cells = row(summariseRecords(three, [], 'karma'), 'HR@10 (%)');
    expect(cells[3]).toBe('**-10.3 [-11.8, -8.9]**');
    expect(() => summariseRecords(three, [], 'none')).toThrow('There is no arm none');
  });

  it('gives every ranking measure of one group of targets on request, and lists the groups', async () => {
    const text = summariseRecords(three, [], null, 'warm');
    const headings = text.split('\n').flatMap((line) => /^\| (warm [^|]*?) \|/.exec(line)?.[1] ?? []);
    expect(headings).toContain('warm HR@10 (%)');
    expect(headings).toContain('warm NDCG@10 (%)');
    expect(text).not.toMatch(/\n\| HR@10/);
    await expect(summarise(['run.json', '--targets', 'new'])).rejects.toThrow('choose one of all, warm, cold, one-hop');
    expect(() => summariseRecords(three, [], null, 'long-history')).toThrow('no measure of long-history targets');
    expect(() => recordsTable(three, [], null, 'long-history')).toThrow('no measure of long-history targets');
    // Of a version that had no such groups.
    await expect(summarise(['docs/findings/store-lambda', '--targets', 'one-hop'])).rejects.toThrow(
      'no measure of one-hop targets',
    );
  });

  it('gives a table for a paper if a format is requested, and lists the formats', async () => {
    const folder = 'docs/findings/store-lambda';
    const markdown = await summarise([folder, '--format', 'markdown', '--measures', 'hr@10,lmDrift', '--baseline', 'karma']);
    expect(markdown).toMatch(/\| KARMA \| .* \| baseline \| .* \| baseline \|/);
    expect(markdown).toContain('over seeds 0, 1, 2; final evaluation on 2,000 test targets of WordNet General Store');
    expect(await summarise([folder, '--format', 'latex', '--no-differences'])).not.toContain('CI');
    await expect(summarise([folder, '--format', 'word'])).rejects.toThrow('choose one of latex, markdown, csv');
    await expect(summarise([folder, '--format', 'csv', '--measures', 'hr@7'])).rejects.toThrow(
      'these runs have no hr@7; they have hr@10',
    );
    await expect(summarise([folder, '--spans', 'one'])).rejects.toThrow('--spans goes with --format');
  });

  it('gives the same table for run files', () => {
    const table = recordsTable(three, [], 'karma');
    const [group] = table.groups;
    expect(group!.baseline).toBe('karma');
    const hr = group!.rows[0]!.entries.find(({ measure }) => measure.id === 'hr@10')!;
    expect(hr.comparison!.difference).toBeCloseTo(-0.31 / 3);
  });

  it('says that only targets with a candidate set are ranked, where that is so', () => {
    const given = three.map((record): RunRecord => {
      const evaluation = { ...record.spec.evaluation, protocol: 'pre-ranking' as const, poolFrom: 'given' as const };
      return { ...record, spec: { ...record.spec, evaluation } };
    });
    expect(summariseRecords(given, [])).toContain(ONLY_GIVEN);
    expect(recordsTable(given, []).groups[0]!.rows.map(({ facts }) => facts.onlyGiven)).toEqual([true, true, true]);
    expect(summariseRecords(three, [])).not.toContain(ONLY_GIVEN);
    // All that have a candidate set are no sample.
    expect(summariseRecords(withTargets(given, 30), [])).not.toContain('sample of its own');
  });

  it('says that each seed ranks a sample of its own, where it does', () => {
    expect(summariseRecords(withTargets(three, 30), [])).toContain('Each seed ranks a sample of its own of the 30 test targets');
    expect(recordsTable(withTargets(three, 30), []).groups[0]!.rows[0]!.facts.sampledOf).toBe(30);
    expect(summariseRecords(withTargets(three, 20), [])).not.toContain('sample of its own');
    expect(summariseRecords(withTargets(three.slice(0, 1), 30), [])).not.toContain('sample of its own');
  });

  it('writes no bound that excludes 0 as 0, and no negative zero', async () => {
    const text = await summarise(['docs/findings/strong-store/9309d9db7b05.run.json.gz']);
    const rec = row(text, 'HR@200 (%)').find((cell) => cell.includes('['));
    const [, low, high] = /\[(.*), (.*)\]/.exec(rec!)!.map(Number);
    expect([Math.sign(low!), Math.sign(high!)]).toEqual([1, 1]);
    expect(low).toBeLessThan(0.05);
    expect(text).not.toMatch(/-0(?:\.0+)?(?![\d.])/);
  });

  it('with one seed, speaks only of users', () => {
    const text = summariseRecords([run(0, { action: 0.4, karma: 0.5 })], []);
    // Two of 20 users hit with KARMA alone: p = 2 · (1/2)².
    expect(row(text, 'HR@10 (%)')[2]).toMatch(/^10\.0 \[.*\] not distinguishable, p = \.50$/);
    expect(text).toContain('nothing about other seeds');
  });

  it('refuses runs that do not fit together', () => {
    const other = { ...three[1]!, spec: { ...three[1]!.spec, lora: { ...three[1]!.spec.lora, rank: 2 } } };
    expect(() => summariseRecords([three[0]!, other], ['a', 'b'])).toThrow('b has a different recipe from a');
    expect(() => summariseRecords([three[0]!, three[0]!], ['a', 'b'])).toThrow('same seed');
    expect(() => summariseRecords([{ ...three[0]!, complete: false }], ['a'])).toThrow('a is not a finished run');
  });
});
