/**
 * Steps of the arms. The device gets the next step before what the last one lost is read, so that it never
 * waits for the thread.
 */
import type { StepReport } from '../../engine/engine';
import { ReadAhead } from '../../gpu/readAhead';
import { armBatches } from '../../recipe/armRecipe';
import type { RunSpec } from '../../recipe/runSpec';
import type { RecordEvent } from '../../record/addToRecord';
import type { PreparedData } from '../prepare/preparedData';
import type { Runner } from './arms';
import { divergedAt } from './diverged';
import type { Stepper } from './stepper';
import { t } from '../../words/words';

/** One of an arm's updates in a step; those of a step share what its first one lost. */
interface Update {
  readonly step: number;
  readonly batch: number;
  readonly isLast: boolean;
  readonly lost: { first: StepReport | null };
}

export class StepQueue {
  readonly #reads = new ReadAhead();
  /** When the last update was read: an update's time counts from there. */
  #read = -Infinity;

  /** @param tell called with each step that has been read, and with what is suspicious about it */
  constructor(
    private readonly stepper: Stepper,
    private readonly data: PreparedData,
    private readonly spec: RunSpec,
    /** Examples per step: a small log may not fill the batch that the recipe asks for. */
    private readonly batchSize: number,
    private readonly tell: (event: RecordEvent) => void,
  ) {}

  /**
   * Queues a step of an arm, all its updates.
   * @throws DivergedError of this step or one before, and what the GPU throws
   */
  async add(runner: Runner, step: number): Promise<void> {
    const lost = { first: null };
    const batches = armBatches(this.spec, runner.arm.spec, step);
    for (const [index, batch] of batches.entries()) {
      const taken = this.#take(runner, { step, batch, isLast: index === batches.length - 1, lost });
      // A profile is of one update at a time.
      if (this.stepper.profiles) await taken;
      else await this.#reads.add(taken);
    }
  }

  /** Resolves when all steps have been read. @throws as `add` */
  async settle(): Promise<void> {
    await this.#reads.end();
  }

  /**
   * Queues an update at once, and resolves when it has been read; the last one of a step reports what the
   * first one lost, on the batch that all arms have.
   */
  async #take(runner: Runner, { step, batch, isLast, lost }: Update): Promise<void> {
    const { arm } = runner;
    const started = performance.now();
    const result = await this.stepper.step(arm, this.data.batch(batch, arm.spec));
    const now = performance.now();
    runner.seconds += (now - Math.max(started, this.#read)) / 1000;
    this.#read = now;
    if (!Number.isFinite(result.total) || !Number.isFinite(result.gradNorm))
      throw divergedAt(t('arm {arm}', { arm: arm.spec.id }), step + 1, arm.spec.id);
    lost.first ??= result;
    if (!isLast) return;
    const { chance, ...numbers } = lost.first;
    const taken = step + 1;
    const examples = taken * arm.spec.updates * this.batchSize;
    this.tell({ type: 'step', arm: arm.spec.id, columns: { ...numbers, step: taken, seconds: runner.seconds, examples } });
    const warning = runner.watch.see(taken, { ...numbers, chance });
    if (warning !== null) this.tell({ type: 'warning', arm: arm.spec.id, warning });
  }
}
