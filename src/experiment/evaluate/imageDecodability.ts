/**
 * Visual decodability gain: how much the error of a probe of pictures falls if it reads h, on held-out
 * targets; the same probe, start, pairs and noise for every arm, for the untrained model and for the control,
 * and once without any embedding. Definitions: docs/metrics.md.
 */
import { forkRandom } from '../../log/random';
import type { Engine } from '../../engine/engine';
import type { EncodedExample } from '../../engine/decoder/sequence';
import { ImageProbe, PROBE_ROWS, type ImagePairs } from '../../engine/terms/img/imageProbe';
import type { ImageDraw } from '../../engine/terms/img/noised';
import {
  decodabilityBySplit,
  type ProbeMeasures,
  fitStandardisation,
  rowsAt,
  zScores,
  type Standardisation,
} from '../../measures/fidelity/decodability';
import { mean } from '../../statistics/statistics';
import type { ImageTable } from '../prepare/imageTable';
import { keepShare } from './keepShare';

/** Points between noise and picture at which a held-out pair is measured. */
const HELD_OUT_DRAWS = 8;

/** Examples whose target has a picture: their indices among those that were read, and v. */
interface Pictured {
  readonly places: readonly number[];
  readonly v: readonly Float32Array[];
}

export interface ImageDecodabilityInputs {
  readonly engine: Engine;
  readonly images: ImageTable;
  readonly seed: number;
  readonly steps: number;
  /** Pairs for training, for deciding how much of W_c to keep, and for measuring. */
  readonly pairs: readonly EncodedExample[];
  readonly heldOut: readonly EncodedExample[];
  readonly targets: readonly EncodedExample[];
  /** By target: 1 if it is cold. */
  readonly cold: Uint8Array;
}

const OF_PICTURES = { gain: 'visualDecodability', given: 'pictureError', empty: 'emptyPictureError' } as const;

export class ImageDecodability {
  private readonly probe: ImageProbe;
  private readonly pairs: Pictured;
  private readonly heldOut: Pictured;
  private readonly targets: Pictured;
  private empty: Float64Array | null = null;

  /** Allocates the probe's memory. */
  constructor(private readonly inputs: ImageDecodabilityInputs) {
    const pictured = new Set(inputs.images.pictured);
    const of = (examples: readonly EncodedExample[]): Pictured => {
      const places = [...examples.keys()].filter((place) => pictured.has(examples[place]!.target));
      return { places, v: places.map((place) => inputs.images.of(examples[place]!.target)) };
    };
    this.pairs = of(inputs.pairs);
    this.heldOut = of(inputs.heldOut);
    this.targets = of(inputs.targets);
    this.probe = new ImageProbe(inputs.engine, inputs.images.size, inputs.steps);
  }

  /** Whether there is anything to train on and to measure. */
  get possible(): boolean {
    return this.pairs.places.length > 0 && this.targets.places.length > 0;
  }

  /**
   * @param read embeddings of pairs, held-out pairs and targets: [examples, e] each
   * @returns null when told to stop
   */
  async measure(
    read: Readonly<Record<'pairs' | 'heldOut' | 'targets', Float32Array>>,
    pass: (done: number) => Promise<'go' | 'stop'>,
  ): Promise<ProbeMeasures | null> {
    const { seed, cold } = this.inputs;
    const e = this.inputs.engine.inputs.spec.objective.embeddingSize;
    if (this.empty === null) {
      const nothing = new Float32Array(read.pairs.length);
      if (!(await this.train(nothing, fitStandardisation(nothing, e), pass))) return null;
      this.empty = await this.errors(this.targets, new Float32Array(read.targets.length), 'targets');
    }
    const scale = fitStandardisation(read.pairs, e);
    if (!(await this.train(read.pairs, scale, pass))) return null;
    const heldOut = zScores(read.heldOut, scale);
    if (this.heldOut.places.length > 0) {
      await keepShare(this.probe, async () => mean(await this.errors(this.heldOut, heldOut, 'held out')));
    }
    const errors = await this.errors(this.targets, zScores(read.targets, scale), 'targets');
    const own = Uint8Array.from(this.targets.places, (place) => cold[place]!);
    return decodabilityBySplit(errors, this.empty, own, seed, OF_PICTURES);
  }

  private async train(h: Float32Array, scale: Standardisation, pass: (done: number) => Promise<'go' | 'stop'>): Promise<boolean> {
    const { probe, pairs, inputs } = this;
    const z = zScores(h, scale);
    const random = forkRandom(inputs.seed, 'picture probe pairs');
    probe.begin(inputs.seed);
    for (let step = 0; step < inputs.steps; step++) {
      if ((await pass(step)) === 'stop') return false;
      const chosen = Array.from({ length: PROBE_ROWS }, () => random.integer(pairs.places.length));
      const draws = chosen.map((index): ImageDraw => {
        const v = pairs.v[index]!;
        return { v, time: random.uniform(), noise: Array.from(v, () => random.normal()) };
      });
      await probe.step(
        this.rows(
          z,
          chosen.map((index) => pairs.places[index]!),
          draws,
        ),
      );
    }
    return true;
  }

  /** Mean error of each pair, over the same points between noise and picture for everything that is read. */
  private async errors({ places, v }: Pictured, z: Float32Array, name: string): Promise<Float64Array> {
    const random = forkRandom(this.inputs.seed, 'picture probe noise', name);
    const draws = v.flatMap((of) =>
      Array.from({ length: HELD_OUT_DRAWS }, (_, k): ImageDraw => {
        const time = (k + random.uniform()) / HELD_OUT_DRAWS;
        return { v: of, time, noise: Array.from(of, () => random.normal()) };
      }),
    );
    const repeated = places.flatMap((place) => new Array<number>(HELD_OUT_DRAWS).fill(place));
    const errors = await this.probe.errors(this.rows(z, repeated, draws));
    return Float64Array.from(places, (_, at) => mean(errors.subarray(at * HELD_OUT_DRAWS, (at + 1) * HELD_OUT_DRAWS)));
  }

  private rows(z: Float32Array, places: readonly number[], draws: readonly ImageDraw[]): ImagePairs {
    return { z: rowsAt(z, places, this.inputs.engine.inputs.spec.objective.embeddingSize), draws };
  }
}
