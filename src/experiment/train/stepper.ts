/** Takes the steps of a run, timing them kernel by kernel on request, and reports the times. */
import { tileOrigin } from '../../engine/gemm/gemmTuning';
import type { Engine, StepReport } from '../../engine/engine';
import type { Arm } from '../../engine/arm';
import type { EncodedExample } from '../../engine/decoder/sequence';
import { canProfile } from '../../gpu/profiler';
import { StepTimes } from '../../profile/stepTimes';
import type { Profile } from '../../record/profile';

/** Milliseconds between two reports: a profile has hundreds of rows. */
const REPORT_INTERVAL = 500;

export class Stepper {
  private readonly times = new Map<string, StepTimes>();
  private unreported = false;
  private reportedAt = -Infinity;

  /**
   * @param profiled called before every step
   * @param onProfile called with an arm's id and its profile so far
   */
  constructor(
    private readonly engine: Engine,
    private readonly profiled: () => boolean,
    private readonly onProfile: (arm: string, profile: Profile) => void,
  ) {}

  /** Whether the next step is profiled: never on a device that cannot be. */
  get profiles(): boolean {
    return this.profiled() && canProfile(this.engine.context.gpu.device);
  }

  /** One training step, queued before this returns unless it is profiled. */
  async step(arm: Arm, batch: readonly EncodedExample[]): Promise<StepReport> {
    const { engine, times } = this;
    if (!this.profiles) return engine.trainStep(arm, batch);
    const start = performance.now();
    const { report, timings } = await engine.profileStep(arm, batch);
    const now = performance.now();
    const sum = times.get(arm.spec.id) ?? new StepTimes(tileOrigin(engine.context.gpu));
    times.set(arm.spec.id, sum);
    sum.add(now - start, timings);
    this.unreported = true;
    if (now - this.reportedAt > REPORT_INTERVAL) this.report();
    return report;
  }

  /** Reports steps that have not been reported yet. */
  report(): void {
    if (!this.unreported) return;
    for (const [arm, times] of this.times) {
      const profile = times.mean();
      if (profile !== null) this.onProfile(arm, profile);
    }
    this.unreported = false;
    this.reportedAt = performance.now();
  }
}
