/** One case: every library in its own realm, compared first, then timed in alternating rounds. */
import { median } from '../src/statistics/statistics';
import type { BenchCase } from './cases';
import type { Reply, Request } from './contestant';
import type { LibraryId, Outcome } from './library';
import type { Entry } from './report';

/** Largest relative difference in loss and gradient norm between a peer and us. */
export const TOLERANCE = 1e-4;

/** A realm with one library. */
export interface Contestant {
  ask(request: Request): Promise<Reply>;
  close(): void;
}

export interface RoundOptions {
  readonly libraries: readonly LibraryId[];
  readonly repeats: number;
  /** Products per run of a matmul case. */
  readonly times: number;
  readonly onProgress: (message: string) => void;
}

/** A slow library has had enough rounds when it has had so many, for so long. */
const ENOUGH = { rounds: 3, ms: 60_000 } as const;

type Running = Entry & { readonly contestant: Contestant; readonly cpu: number[] };

/** Never throws for a library that fails: its entry says why. */
export async function runCase(
  benchCase: BenchCase,
  open: (library: LibraryId) => Contestant,
  options: RoundOptions,
): Promise<readonly Entry[]> {
  const running = options.libraries.map((library): Running => ({
    library,
    contestant: open(library),
    failure: null,
    firstMs: null,
    medianMs: null,
    cpuMs: null,
    ms: [],
    cpu: [],
    peakBytes: null,
    outcome: null,
  }));
  const standing = (): Running[] => running.filter((entry) => entry.failure === null);
  try {
    for (const entry of running) {
      options.onProgress(`${benchCase.id}: ${entry.library} prepares`);
      await attempt(entry, async (ask) => {
        await ask({ type: 'prepare', library: entry.library, benchCase, times: options.times });
        entry.firstMs = (await runIn(entry, ask)).ms;
        entry.outcome = await outcomeOf(ask);
      });
    }
    compare(running);
    // The second run warms up, and shows that updates gave the same parameters.
    for (const entry of standing()) {
      await attempt(entry, async (ask) => {
        await runIn(entry, ask);
        entry.outcome = await outcomeOf(ask);
      });
    }
    compare(running);
    for (let round = 0; round < options.repeats; round++) {
      options.onProgress(`${benchCase.id}: round ${round + 1} of ${options.repeats}`);
      for (const entry of rotated(standing(), round)) {
        if (hasEnough(entry.ms)) continue;
        await attempt(entry, async (ask) => {
          const { ms, cpuMs } = await runIn(entry, ask);
          entry.ms.push(ms);
          if (cpuMs !== null) entry.cpu.push(cpuMs);
        });
      }
    }
    for (const entry of standing()) {
      entry.medianMs = median(entry.ms);
      entry.cpuMs = entry.cpu.length > 0 ? median(entry.cpu) : null;
    }
  } finally {
    for (const { contestant } of running) contestant.close();
  }
  return running.map(({ library, failure, firstMs, medianMs, cpuMs, ms, peakBytes, outcome }) => ({
    library,
    failure,
    firstMs,
    medianMs,
    cpuMs,
    ms,
    peakBytes,
    // Written as JSON, which has no NaN; what was not finite is in the failure.
    outcome: outcome !== null && Number.isFinite(outcome.loss) && Number.isFinite(outcome.gradNorm) ? outcome : null,
  }));
}

function hasEnough(ms: readonly number[]): boolean {
  return ms.length >= ENOUGH.rounds && ms.reduce((sum, one) => sum + one, 0) >= ENOUGH.ms;
}

/** The answer to a request; a failure is thrown. */
type Ask = (request: Request) => Promise<Exclude<Reply, { type: 'failed' }>>;

/** @param where what a message of failure begins with */
export function asking(contestant: Contestant, where = ''): Ask {
  return async (request) => {
    const reply = await contestant.ask(request);
    if (reply.type === 'failed') throw new Error(`${where}${reply.message}`);
    return reply;
  };
}

async function attempt(entry: Running, part: (ask: Ask) => Promise<void>): Promise<void> {
  try {
    await part(asking(entry.contestant));
  } catch (error) {
    entry.failure = error instanceof Error ? error.message : String(error);
  }
}

type Ran = Extract<Reply, { type: 'ran' }>;

/** Runs the work once. */
export async function runOnce(ask: Ask): Promise<Ran> {
  const reply = await ask({ type: 'run' });
  if (reply.type !== 'ran') throw new Error(`a run was answered with ${reply.type}`);
  return reply;
}

async function runIn(entry: Running, ask: Ask): Promise<Ran> {
  const reply = await runOnce(ask);
  entry.peakBytes = reply.peakBytes;
  return reply;
}

async function outcomeOf(ask: Ask): Promise<Outcome> {
  const reply = await ask({ type: 'outcome' });
  if (reply.type !== 'outcome') throw new Error(`an outcome was answered with ${reply.type}`);
  return reply.outcome;
}

/** A peer that differs from us fails. */
function compare(entries: readonly Running[]): void {
  const ours = entries.find(({ library }) => library === 'ours')?.outcome;
  for (const entry of entries) {
    if (entry.failure !== null || entry.outcome === null) continue;
    const difference = ours === null || ours === undefined ? 0 : differenceOf(entry.outcome, ours);
    if (!(difference <= TOLERANCE)) {
      const { loss, gradNorm } = entry.outcome;
      entry.failure = `disagrees with ours: loss ${loss}, gradient norm ${gradNorm} against ${ours!.loss}, ${ours!.gradNorm}`;
    }
  }
}

/** Larger of the relative differences; NaN when either is not a number. */
export function differenceOf(outcome: Outcome, reference: Outcome): number {
  const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(Math.abs(b), 1e-30);
  return Math.max(relative(outcome.loss, reference.loss), relative(outcome.gradNorm, reference.gradNorm));
}

function rotated<T>(values: readonly T[], by: number): T[] {
  return values.map((_, index) => values[(index + by) % values.length]!);
}
