/** Small runs that are interrupted in various ways, and what they measured after being resumed. */
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import type { TrainingCheckpoint } from '../experiment/train/checkpoint';
import { Checkpoints } from '../experiment/train/checkpoints';
import { runExperiment } from '../experiment/runExperiment';
import { runThroughLosses } from '../experiment/throughLosses';
import type { Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import type { RunEvent } from '../record/runEvents';
import type { TwoSlots } from '../storage/twoSlots';
import { measuredBy, type MeasuredValues } from './measured';
import { SmallExperiment, smallSpec } from './smallExperiment';

const SPEC = smallSpec({
  arms: [
    { id: 'action', label: 'Action', updates: 2 },
    { id: 'karma', label: 'KARMA', lambdaGen: 0.3, lambdaRec: 0.3, lambdaItem: 0.3 },
    { id: 'img', label: '+img', lambdaImg: 0.3 },
  ],
});

export interface DeviceLoss {
  /** Steps of the first arm after which the device is lost. */
  readonly afterStep: number;
  /** Whether the next device is lost as well, before the run trains again. */
  readonly duringRecovery?: boolean;
  /** Whether each device is lost after that step. */
  readonly always?: boolean;
}

export class Interruptions {
  private static opened: Promise<Interruptions> | undefined;
  #unbroken: Promise<MeasuredValues> | null = null;

  private constructor(private readonly experiment: SmallExperiment) {}

  /** Those of the experiment that the files of a process share. */
  static shared(): Promise<Interruptions> {
    return (this.opened ??= SmallExperiment.shared().then((experiment) => new Interruptions(experiment)));
  }

  /** @param store where features are stored */
  static async open(store: FeatureStore): Promise<Interruptions> {
    return new Interruptions(await SmallExperiment.open({ store }));
  }

  get steps(): number {
    return SPEC.training.steps;
  }

  unbroken(): Promise<MeasuredValues> {
    return (this.#unbroken ??= this.experiment.run(SPEC).then(({ record }) => measuredBy(record)));
  }

  /** Runs for that many steps, with a checkpoint after each. */
  async stopAfter(steps: number, slots: TwoSlots): Promise<void> {
    const checkpoints = new Checkpoints(slots, 0);
    let passed = 0;
    const gate = (): Promise<'go' | 'stop'> => Promise.resolve(passed++ < steps ? 'go' : 'stop');
    await runExperiment({ ...this.experiment.inputs(SPEC), checkpoints }, () => undefined, gate);
    await checkpoints.settled();
  }

  async goOnFrom(resume: TrainingCheckpoint): Promise<MeasuredValues> {
    const inputs = { ...this.experiment.inputs(resume.asked), resume };
    return measuredBy(
      await runExperiment(
        inputs,
        () => undefined,
        () => Promise.resolve('go'),
      ),
    );
  }

  /**
   * Runs to the end, with a checkpoint after each step.
   * @param onStep called for each step, before its checkpoint is taken
   */
  async keeping(slots: TwoSlots, resume: TrainingCheckpoint | null, onStep: (step: number) => void): Promise<MeasuredValues> {
    const checkpoints = new Checkpoints(slots, 0);
    const emit = (event: RunEvent): void => {
      if (event.type === 'step') onStep(event.columns.step);
    };
    const inputs = { ...this.experiment.inputs(SPEC), checkpoints, resume };
    const record = await runExperiment(inputs, emit, () => Promise.resolve('go'));
    await checkpoints.settled();
    return measuredBy(record);
  }

  /** @returns what was measured, and the steps from which the run continued */
  async loseDevice(loss: DeviceLoss): Promise<{ readonly measured: MeasuredValues; readonly resumed: (number | null)[] }> {
    const resumed: (number | null)[] = [];
    let gpu: Gpu | null = null;
    let devices = 0;
    const lose = (): void => {
      gpu?.device.destroy();
    };
    const emit = (event: RunEvent): void => {
      const stepped = event.type === 'step' && event.columns.step > loss.afterStep;
      if (stepped && (devices === 1 || loss.always === true)) lose();
      if (event.type === 'progress' && devices === 2 && loss.duringRecovery === true) lose();
    };
    const inputs = this.experiment.inputs(SPEC);
    try {
      const record = await runThroughLosses({
        open: async () => {
          gpu = await openNodeGpu();
          devices += 1;
          return gpu;
        },
        prepare: () => Promise.resolve(inputs),
        checkpoints: new Checkpoints(null, 0),
        resume: null,
        emit,
        gate: () => Promise.resolve('go'),
        onLost: (step) => resumed.push(step),
      });
      return { measured: measuredBy(record), resumed };
    } finally {
      lose();
    }
  }
}
