/**
 * Warns of steps whose losses are finite but cannot be right, or indicate divergence, while the run
 * continues. Pure.
 */
import type { StepReport } from '../../engine/engine';
import type { ArmRecord, RunWarning } from '../../record/runRecord';

/** Number of consecutive steps that must look wrong, and how close to chance, in nats, a loss must be. */
const PATIENCE = 50;
const NEAR_CHANCE = 0.01;
/**
 * Number of steps in a mean, and the nats by which it must exceed both the lowest mean so far and chance to
 * count as diverging.
 */
const WINDOW = 20;
const WORSE_THAN_BEST = 1.5;
const WORSE_THAN_CHANCE = 0.5;

type Seen = Pick<StepReport, 'total' | 'action' | 'gradNorm' | 'chance'>;

/** Watches the steps of one arm; each kind of warning is given once. */
export class StepWatch {
  private readonly given = new Set<RunWarning['kind']>();
  private readonly recent: number[] = [];
  private atChance = 0;
  private lowest = Infinity;

  /** @param step counted from 1 @returns the warning about the arm from this step on, or null */
  see(step: number, { total, action, gradNorm, chance }: Seen): RunWarning | null {
    this.atChance = chance > 0 && Math.abs(action - chance) < NEAR_CHANCE ? this.atChance + 1 : 0;
    const diverges = this.diverges(action, chance);
    if (total === 0 && gradNorm === 0)
      return this.once('no-gradient', step, 'Loss and gradient are exactly 0: nothing was learned in this step.');
    if (this.atChance >= PATIENCE) {
      const text = `For ${PATIENCE} steps L_act has stayed within ${NEAR_CHANCE} nats of ${chance.toFixed(2)}, that of a model which knows nothing: nothing is learned.`;
      return this.once('at-chance', step, text);
    }
    if (diverges) {
      const text = `L_act has risen to more than ${WORSE_THAN_BEST} times its lowest mean over ${WINDOW} steps, and above that of a model which knows nothing: the run diverges.`;
      return this.once('diverging', step, text);
    }
    return null;
  }

  /** Takes over the arm's steps from the record of a resumed run, without warning about them again. */
  remember({ steps, warnings = [] }: Pick<ArmRecord, 'steps' | 'warnings'>): void {
    for (const action of steps.action) this.diverges(action, Infinity);
    for (const { kind } of warnings) this.given.add(kind);
  }

  private diverges(action: number, chance: number): boolean {
    const { recent } = this;
    recent.push(action);
    if (recent.length > WINDOW) recent.shift();
    if (recent.length < WINDOW) return false;
    const mean = recent.reduce((sum, value) => sum + value, 0) / WINDOW;
    const bad = mean > WORSE_THAN_BEST * this.lowest && mean > chance + WORSE_THAN_CHANCE;
    this.lowest = Math.min(this.lowest, mean);
    return bad;
  }

  private once(kind: RunWarning['kind'], step: number, text: string): RunWarning | null {
    if (this.given.has(kind)) return null;
    this.given.add(kind);
    return { kind, step, text };
  }
}
