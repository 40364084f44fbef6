/** A campaign's progress: a file from which an interrupted run continues, and its row in docs/reliability.md. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Figures } from './campaign';

const stateSchema = z.object({
  seed: z.number(),
  cases: z.number(),
  /** Cases below this have been tried. */
  next: z.number(),
  failures: z.array(z.object({ index: z.number(), message: z.string() })),
  largest: z.record(z.string(), z.number()),
  seconds: z.number(),
  /** First and last commits on which cases were tried. */
  commits: z.tuple([z.string(), z.string()]),
});
export type CampaignState = z.infer<typeof stateSchema>;

/**
 * The state left by a run on the same commit with the same seed and number of cases, or a new one: cases that other code passed say nothing
 * about this code.
 */
export function openState(file: string, fresh: Pick<CampaignState, 'seed' | 'cases'>, commit: string): CampaignState {
  const known = readState(file);
  const same = known?.seed === fresh.seed && known.cases === fresh.cases && known.commits.every((one) => one === commit);
  if (same && known.next < known.cases) return known;
  return { ...fresh, next: 0, failures: [], largest: {}, seconds: 0, commits: [commit, commit] };
}

function readState(file: string): CampaignState | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No campaign of this name has been started here.
    return null;
  }
  return stateSchema.parse(JSON.parse(text));
}

/** Writes to a temporary file and renames it, so that a killed run leaves the old state or the new one. */
export function saveState(file: string, state: CampaignState): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

/** The larger of each figure, or their sum. */
export function joined(a: Figures, b: Figures, summed: readonly string[] = []): Record<string, number> {
  const all = { ...a };
  for (const [name, value] of Object.entries(b))
    all[name] = summed.includes(name) ? (all[name] ?? 0) + value : Math.max(all[name] ?? -Infinity, value);
  return all;
}

const HEADER = [
  '| campaign | what holds | cases tried | seed | failed | largest | minutes | date | commit |',
  '|---|---|---|---|---|---|---|---|---|',
];

/** A campaign's row of results. */
export function resultRow(name: string, claim: string, state: CampaignState, date: string): string {
  const { next, cases, seed, failures, largest, seconds, commits } = state;
  const tried = next === cases ? count(cases) : `${count(next)} of ${count(cases)}`;
  const failed = failures.length === 0 ? '0' : `${failures.length}: ${failures.map(({ index }) => index).join(', ')}`;
  // Counts are written in full: rounded ones would not add up.
  const written = (value: number): string => (Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(3))));
  const figures = Object.entries(largest).map(([figure, value]) => `${figure} ${written(value)}`);
  const cells = [name, claim, tried, seed, failed, figures.join(', ') || '–', (seconds / 60).toFixed(1), date];
  return `| ${cells.join(' | ')} | ${[...new Set(commits)].join(' to ')} |`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** The document with a campaign's row replaced or added; rows are ordered by name. */
export function withRow(document: string, row: string): string {
  const lines = document.split('\n');
  const first = lines.findIndex((line) => line.startsWith(HEADER[0]!.slice(0, 12)));
  const [before, table] = first < 0 ? [lines, []] : [lines.slice(0, first), lines.slice(first + HEADER.length)];
  const end = table.findIndex((line) => !line.startsWith('|'));
  const after = end < 0 ? [] : table.slice(end);
  const rows = (end < 0 ? table : table.slice(0, end)).filter((line) => nameOf(line) !== nameOf(row));
  const sorted = [...rows, row].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return [...before, ...HEADER, ...sorted, ...after].join('\n');
}

function nameOf(row: string): string {
  return row.split('|')[1]?.trim() ?? '';
}
