/**
 * Reading a CSV into events, compared with other programs: users and items numbered, events by user in time
 * order. Each in its own process.
 */
import { spawn } from 'node:child_process';
import { existsSync, openAsBlob } from 'node:fs';
import path from 'node:path';
import { defaultRecipe, inspectFiles, readIntake, survey } from '../../src/log/intake/intake';

export const CONTESTANTS = ['ours', 'duckdb', 'papaparse'] as const;
export type Contestant = (typeof CONTESTANTS)[number];

export interface Beside {
  readonly name: Contestant;
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly seconds: number;
  /** CPU time of all threads of the process, in seconds. */
  readonly cpu: number;
  /** Resident memory in bytes, before the first byte and at the peak. */
  readonly before: number;
  readonly peakResident: number;
}

/** Ours, in this process. */
export async function readOurs(file: string): Promise<Beside> {
  const files = [new File([await openAsBlob(file)], path.basename(file))];
  const before = process.memoryUsage().rss;
  const [start, used] = [performance.now(), process.cpuUsage()];
  const { sources, guesses } = await inspectFiles(files);
  const intake = await readIntake(
    sources,
    guesses.map(({ mapping }) => mapping),
  );
  const suggested = defaultRecipe(intake, guesses);
  // All events, in the form of the other programs.
  const { filtered } = survey(intake, { ...suggested, filters: { ...suggested.filters, userCore: 1 } });
  const { user, system } = process.cpuUsage(used);
  return {
    name: 'ours',
    events: filtered.used,
    users: filtered.users,
    items: intake.raw.items.ids.texts.length,
    seconds: (performance.now() - start) / 1000,
    cpu: (user + system) / 1e6,
    before,
    peakResident: 1024 * process.resourceUsage().maxRSS,
  };
}

/**
 * @param peers the folder with the other programs
 * @throws Error if they are not installed, or the process fails
 */
export function measureBeside(root: string, peers: string, name: Contestant, file: string): Promise<Beside> {
  const script = path.join(peers, 'peer.mjs');
  if (name !== 'ours' && !existsSync(path.join(peers, 'node_modules'))) {
    throw new Error(`The other programs are not installed: npm ci --prefix ${peers}`);
  }
  const args = name === 'ours' ? [path.join(root, 'bench/intake/ours.mjs'), file] : [script, name, file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      const line = text.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0) resolve(JSON.parse(line) as Beside);
      else reject(new Error(`${name} ended with code ${code ?? 'none'}.`));
    });
  });
}

export function besideTable(measured: readonly Beside[]): string {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  const rows = measured.map(
    ({ name, events, users, items, seconds, cpu, before, peakResident }) =>
      `| ${name} | ${[events, users, items].map((count) => count.toLocaleString('en')).join(' | ')} | ${seconds.toFixed(1)} s | ${cpu.toFixed(1)} s | ${megabytes(before)} | ${megabytes(peakResident)} |`,
  );
  return [
    '| | events | users | items | wall | CPU | before | peak resident |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
