/** Adds up the timings of an arm's steps. */
import type { Timings } from '../gpu/profiler';
import type { Profile, ProfileRow } from '../record/profile';

export class StepTimes {
  private steps = 0;
  private wallMs = 0;
  private resolutionMs = 0;
  /** Sums over the steps, in the order in which they first ran. */
  private readonly sums = new Map<string, ProfileRow>();

  /** @param origin where the tiles of the matrix products came from */
  constructor(private readonly origin: Pick<Profile, 'tiles'>) {}

  /** @param wallMs wall time of the whole step, from call to result */
  add(wallMs: number, { runs, resolution }: Timings): void {
    this.steps += 1;
    this.wallMs += wallMs;
    this.resolutionMs = resolution;
    for (const { path, kernel, dispatches, ms, flops } of runs) {
      const key = [...path, kernel].join('\n');
      const sum = this.sums.get(key);
      if (sum === undefined) {
        this.sums.set(key, { path: [...path], kernel, dispatches, ms, flops });
      } else {
        sum.dispatches += dispatches;
        sum.ms += ms;
        sum.flops += flops;
      }
    }
  }

  /** Means over the steps so far; null before the first. */
  mean(): Profile | null {
    const { steps, resolutionMs } = this;
    if (steps === 0) return null;
    const rows = [...this.sums.values()].map((sum) => ({
      ...sum,
      dispatches: sum.dispatches / steps,
      ms: sum.ms / steps,
      flops: sum.flops / steps,
    }));
    const gpuMs = rows.reduce((sum, { ms }) => sum + ms, 0);
    return { steps, wallMs: this.wallMs / steps, gpuMs, resolutionMs, ...this.origin, rows };
  }
}
