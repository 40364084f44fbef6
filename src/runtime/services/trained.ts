/**
 * What has been trained here, and the models that answer questions: the arms of the last run or of a recorded
 * one, else only the recipe's base model.
 */
import { armLora, widestLora } from '../../recipe/armRecipe';
import { embeddingStatistics } from '../../engine/decoder/embeddingStatistics';
import { initialParameters, layOutParameters } from '../../engine/parameters';
import { imageTable } from '../../experiment/prepare/imageTable';
import { writeAdapter, type AdapterFile } from '../../engine/peft/write';
import type { TrainedArm } from '../../engine/trainedArm';
import { armsOfAdapters } from '../../experiment/train/adapterArms';
import { catalogueFeatures } from '../../experiment/prepare/catalogueFeatures';
import { restrictTraining } from '../../log/restrictTraining';
import { ortProvider } from '../../experiment/prepare/checkModel';
import type { TrainedProbe } from '../../experiment/evaluate/decodability';
import type { InspectedModels } from '../../experiment/inspect/inspector';
import { prepareData } from '../../experiment/prepare/preparedData';
import type { Training } from '../../experiment/train/training';
import type { Gpu } from '../../gpu/device';
import type { LoadedModel } from '../../model/loadedModel';
import { loadedRevision } from '../../model/modelOrigin';
import { recordedFiles, type RecordedId } from '../../recipe/recordedFiles';
import { withPrecision, type RunSpec } from '../../recipe/runSpec';
import type { PageFiles } from '../pageFiles';
import type { ModelQuery, Emit } from '../protocol';
import { recordedAdapters } from '../recordedAdapters';
import type { DeviceService } from './device';
import type { Loading } from './loading';
import type { LogService } from './logs';
import type { ModelService } from './models';
import type { InspectionSubject } from './inspection';
import type { TextInputs } from './textPrompts';
import { t } from '../../words/words';

interface LastRun {
  readonly spec: RunSpec;
  readonly model: LoadedModel;
  readonly training: Training;
  /** Its trained arms, once it has ended. */
  arms: readonly TrainedArm[] | null;
  readonly probes: Map<string | null, TrainedProbe>;
}

type Base = Pick<InspectionSubject, 'model' | 'training'>;

export class Trained {
  /** The last run that started to train. */
  #last: LastRun | null = null;
  /** The base model prepared last. */
  #prepared: (Omit<Base, 'training'> & { readonly key: string; readonly training: Promise<Base['training']> }) | null = null;

  /** The arms of the recorded run asked last. */
  #recorded: { readonly training: Base['training']; readonly id: RecordedId; readonly arms: readonly TrainedArm[] } | null = null;

  constructor(
    private readonly device: DeviceService,
    private readonly models: ModelService,
    private readonly logs: LogService,
    private readonly files: PageFiles,
    private readonly loading: Loading,
    private readonly emit: Emit,
  ) {}

  /** Call before a run is prepared. */
  clear(): void {
    this.#last = null;
    this.#prepared = null;
    this.#recorded = null;
    this.emit({ type: 'trained', arms: [] });
  }

  begin(spec: RunSpec, model: LoadedModel, training: Training): void {
    this.#last = { spec, model, training, arms: null, probes: new Map() };
  }

  learned(arms: readonly TrainedArm[]): void {
    if (this.#last !== null) this.#last.arms = arms;
    this.emit({ type: 'trained', arms: arms.map((arm) => arm.spec.id) });
  }

  probed(arm: string | null, probe: TrainedProbe): void {
    this.#last?.probes.set(arm, probe);
  }

  /**
   * The run was aborted: its engine is gone, and with it the arms' parameters, unless they were read before.
   */
  broken(): void {
    if (this.#last?.arms === null) this.#last = null;
  }

  /** @throws RangeError when there is no such arm */
  adapter(id: string): AdapterFile[] {
    const arm = this.#last?.arms?.find((one) => one.spec.id === id);
    if (!this.#last || arm === undefined) throw new RangeError(t('No arm “{arm}” is trained here. Run first.', { arm: id }));
    const { model, spec } = this.#last;
    const base = { config: model.config, id: model.id, hash: model.hash, revision: loadedRevision(model, spec.model.revision) };
    return writeAdapter(arm, base, armLora(spec, arm.spec));
  }

  /** The files of an arm that is not as it was trained. */
  async adapterOf(arm: TrainedArm, { spec }: ModelQuery): Promise<AdapterFile[]> {
    const model = await this.models.load(spec.model);
    const base = { config: model.config, id: model.id, hash: model.hash, revision: loadedRevision(model, spec.model.revision) };
    return writeAdapter(arm, base, armLora(spec, arm.spec));
  }

  /**
   * The models that can generate text now.
   * @throws ModelError if the adapters of a recorded run cannot be loaded
   */
  speakers({ spec, recorded }: ModelQuery): Promise<TextInputs> {
    return this.loading.during(async () => {
      const gpu = await this.device.ifAny();
      const provider = ortProvider(gpu);
      if (recorded) {
        const { model, training, arms } = await this.#recordedRun(gpu, spec, recorded);
        return { model, provider, spec: training.spec, arms, history: () => Promise.resolve(training) };
      }
      if (this.#last !== null) {
        const { training, model, arms } = this.#last;
        const read = arms ?? (await training.read());
        return { model, provider, spec: this.#last.spec, arms: read, history: () => Promise.resolve(training) };
      }
      const model = await this.models.load(spec.model);
      const history = async (): Promise<Base['training']> => (await this.#base(gpu, spec)).training;
      return { model, provider, spec, arms: [], history };
    });
  }

  /**
   * The models that can be inspected now.
   * @throws ModelError if the adapters of a recorded run cannot be loaded
   */
  subject({ spec, recorded }: ModelQuery): Promise<InspectionSubject> {
    return this.loading.during(async () => {
      const gpu = (): Promise<Gpu> => this.device.get();
      if (recorded) {
        const { model, training, arms } = await this.#recordedRun(await gpu(), spec, recorded);
        return { model, training, gpu, inspected: () => Promise.resolve({ arms, probes: new Map() }) };
      }
      if (this.#last !== null) {
        const run = this.#last;
        const { training, model, probes } = run;
        // Evaluated when needed: the run may have ended since, and its engine with it.
        const inspected = async (): Promise<InspectedModels> => ({ arms: run.arms ?? (await training.read()), probes });
        return { model, training, gpu, inspected };
      }
      const inspected = (): Promise<InspectedModels> => Promise.resolve({ arms: [], probes: new Map() });
      return { ...(await this.#base(await gpu(), spec)), gpu, inspected };
    });
  }

  /**
   * The arms of a recorded run of the site; none if it has no adapters for them.
   * @param asked that run's recipe
   */
  async #recordedRun(gpu: Gpu | null, asked: RunSpec, id: RecordedId): Promise<Base & { readonly arms: readonly TrainedArm[] }> {
    const spec = withPrecision(asked, 'f32');
    const { model, training } = await this.#base(gpu, spec);
    if (this.#recorded?.training !== training || this.#recorded.id !== id) {
      const bytes = await this.files.fetchIfAny(recordedFiles(id).adapters);
      const { initial, data, features } = training;
      const items = data.log.items.length;
      const catalogue = { items, features: features.width, imageSize: data.imageSize ?? 0 };
      const place = { spec, model, catalogue, layout: initial.layout };
      const arms = bytes === null ? [] : armsOfAdapters(await recordedAdapters(new Blob([bytes])), place);
      this.#recorded = { training, id, arms };
    }
    return { model, training, arms: this.#recorded.arms };
  }

  /** The recipe's base model and log, prepared once for the inspector and for texts. */
  async #base(gpu: Gpu | null, spec: RunSpec): Promise<Base> {
    const model = await this.models.load(spec.model);
    const { hash } = (await this.logs.open(spec.data.id)).log;
    const key = JSON.stringify([spec, hash]);
    if (this.#prepared?.key === key && this.#prepared.model === model) return { model, training: await this.#prepared.training };
    const training = this.#untrained(gpu, model, spec);
    const mine = { key, model, training };
    this.#prepared = mine;
    training.catch(() => {
      if (this.#prepared === mine) this.#prepared = null;
    });
    return { model, training: await training };
  }

  /** The parts from which a base model's histories are built under a recipe. */
  async #untrained(gpu: Gpu | null, model: LoadedModel, spec: RunSpec): Promise<Base['training']> {
    const { log, split } = await this.logs.open(spec.data.id);
    const store = this.files.features(spec.data.id, spec.model.id);
    const data = { log, split: restrictTraining(log, split, spec.data) };
    const features = await catalogueFeatures(gpu, model, data, spec, store, { onProgress: this.loading.progress });
    const layout = layOutParameters(
      model.config,
      { ...spec, lora: widestLora(spec) },
      { items: log.items.length, features: features.width, imageSize: imageTable(log, spec)?.size ?? 0 },
    );
    const statistics = await embeddingStatistics(model.weights, model.config);
    return {
      spec: spec.model.precision === 'auto' ? withPrecision(spec, 'f32') : spec,
      data: await prepareData(log, split, model, spec),
      features,
      initial: { layout, flat: initialParameters(layout, model.config, statistics, spec) },
    };
  }
}
