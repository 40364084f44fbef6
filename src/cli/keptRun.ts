/** The checkpoint beside the CLI's output, from which an interrupted run can be resumed. */
import path from 'node:path';
import { checkpointFacts, readCheckpoint, type TrainingCheckpoint } from '../experiment/train/checkpoint';
import { Checkpoints } from '../experiment/train/checkpoints';
import type { RunSpec } from '../recipe/runSpec';
import { TwoSlots } from '../storage/twoSlots';
import { diskSlots } from './diskSlots';
import type { CliOptions } from './options';
import { UsageError } from './usageError';

export class DiskCheckpoints {
  private readonly place: string;
  private readonly slots: TwoSlots;

  constructor(private readonly options: Pick<CliOptions, 'out' | 'grid' | 'resume' | 'checkpointEvery'>) {
    this.place = options.grid === null ? `${options.out}.checkpoint` : path.join(options.out, 'checkpoint');
    this.slots = new TwoSlots(diskSlots(this.place));
  }

  /** The run's output is written, so there is nothing to resume. */
  clear(): Promise<void> {
    return this.slots.clear();
  }

  checkpoints(): Checkpoints {
    let told: string | null = null;
    return new Checkpoints(this.slots, 1000 * this.options.checkpointEvery, (problem) => {
      if (problem !== null && problem !== told)
        console.warn(`No checkpoint could be written beside ${this.options.out} (${problem}). Training continues without.`);
      told = problem;
    });
  }

  /**
   * The checkpoint from which a run of this recipe continues; null for its first step. A grid resumes its
   * interrupted run by itself.
   * @throws UsageError when a run should be resumed and there is none of this recipe; CheckpointError when it
   * cannot be read
   */
  async resume(spec: RunSpec): Promise<TrainingCheckpoint | null> {
    const { grid, resume } = this.options;
    if (grid === null && !resume) return null;
    const bytes = await this.slots.read();
    const { damaged } = this.slots;
    const where = `beside ${this.options.out} (${this.place}-0, -1)`;
    if (damaged > 0)
      console.warn(
        bytes === null
          ? `The checkpoint ${where} is damaged: nothing of it can be resumed.`
          : `The newest checkpoint ${where} is damaged; the one before it is resumed.`,
      );
    if (bytes === null) {
      if (grid !== null) return null;
      if (damaged > 0)
        throw new UsageError(`Without --resume the run starts afresh, and replaces the damaged checkpoint ${where}.`);
      throw new UsageError(`There is no checkpoint beside ${this.options.out} (${this.place}-0, -1): nothing to resume.`);
    }
    const { asked, step } = checkpointFacts(bytes);
    if (JSON.stringify(asked) !== JSON.stringify(spec)) {
      if (grid !== null) return null;
      throw new UsageError(
        `The checkpoint beside ${this.options.out} belongs to another recipe. Resume with the options of that run.`,
      );
    }
    console.info(`resuming from step ${step} of ${spec.training.steps}`);
    return readCheckpoint(bytes);
  }
}
