/** A two-tower recommender on a log: the experiment's own data, engine and ranking, one arm, step by step. */
import type { Arm } from '../engine/arm';
import { BaseModel } from '../engine/decoder/baseModel';
import { Engine, type OwnTerm, type StepReport } from '../engine/engine';
import { Evaluator } from '../engine/ranking/evaluator';
import { NO_ITEM } from '../engine/ranking/itemLists';
import type { Continuations } from '../engine/ranking/continuations';
import { stepSizes } from '../engine/stepSizes';
import { readTrainedArm, type TrainedArm } from '../engine/trainedArm';
import { fitMemory } from '../experiment/forecast/fitMemory';
import { catalogueFeatures } from '../experiment/prepare/catalogueFeatures';
import { featureWidth } from '../experiment/prepare/featureTables';
import { prepareData, type PreparedData } from '../experiment/prepare/preparedData';
import { runInputs } from '../experiment/prepare/runInputs';
import type { FeatureStore } from '../experiment/prepare/storedMeans';
import { chooseTargets } from '../experiment/evaluate/targets';
import { startArms } from '../experiment/train/arms';
import type { Gpu } from '../gpu/device';
import { itemText } from '../log/itemText';
import type { ReadLog } from '../log/readLog';
import { categoryFacts } from '../log/summary';
import { textHash } from '../model/featureStore';
import { featureTokens } from '../model/features';
import type { LoadedModel } from '../model/loadedModel';
import { recipeForLog } from '../recipe/recipeForLog';
import { trainableSchema, type RunSpec } from '../recipe/runSpec';
import type { Recommendation } from './types';

/** Features of all item texts by our engine, so that nothing but WebGPU is needed. */
function ownFeatures(gpu: Gpu, model: LoadedModel, { log }: ReadLog, spec: RunSpec): FeatureStore {
  return {
    load: async (key, width) => {
      const texts = log.items.map((item) => itemText(item, spec.data.itemTemplate));
      const base = await BaseModel.create(gpu, model);
      try {
        return [{ model: key, width, hashes: texts.map(textHash), hidden: await base.meanHidden(featureTokens(model, texts)) }];
      } finally {
        base.destroy();
      }
    },
    save: () => Promise.resolve(),
  };
}

export class Recommender {
  readonly continuations: Continuations;
  private readonly evaluator: Evaluator;
  private readonly places: ReadonlyMap<string, number>;

  private constructor(
    private readonly engine: Engine,
    readonly spec: RunSpec,
    private readonly data: PreparedData,
    readonly arm: Arm,
    private readonly targets: Awaited<ReturnType<typeof chooseTargets>>,
  ) {
    this.evaluator = new Evaluator(engine, 1, stepSizes(engine.inputs).probeRows);
    this.continuations = this.evaluator.continuations;
    this.places = new Map(data.log.items.map(({ id }, index) => [id, index]));
  }

  /**
   * @throws ZodError (a recipe that cannot be trained), RangeError (a log too small), DoesNotFitError,
   * ModelError, what the GPU throws
   */
  static async create(
    gpu: Gpu,
    model: LoadedModel,
    read: ReadLog,
    recipe: Readonly<Record<string, unknown>>,
    own: OwnTerm | null,
  ): Promise<Recommender> {
    const { log, recipe: columns } = read;
    const facts = { id: log.name, users: log.users.length, items: log.items.length, ...categoryFacts(log), recipe: columns };
    const asked = recipeForLog(trainableSchema.parse(recipe), facts);
    const data = await prepareData(log, read.split, model, asked);
    const width = featureWidth(asked, model.config, log);
    const spec = fitMemory({ gpu, model, data, spec: asked, width }, () => undefined);
    const options = { onProgress: () => undefined };
    const features = await catalogueFeatures(gpu, model, data, spec, ownFeatures(gpu, model, read, spec), options);
    const targets = await chooseTargets({ data, spec, width }, () => undefined);
    const inputs = { ...runInputs({ config: model.config, data, spec, features }), weights: model.weights };
    const engine = await Engine.create(gpu, inputs, own);
    const { runners } = await startArms(engine, { model, spec }, null);
    return new Recommender(engine, spec, data, runners[0]!.arm, targets);
  }

  step(): Promise<StepReport> {
    const { engine, arm, data } = this;
    return engine.trainStep(arm, data.batch(arm.step, arm.spec));
  }

  /** What a run record says about the ranking of the test targets, by measure ID. */
  async evaluate(): Promise<Readonly<Record<string, number>>> {
    const { data, spec, arm, evaluator } = this;
    const { rankings, targets } = this.targets;
    const { finals } = targets;
    const examples = finals.map((target) => data.exampleFor(target));
    const masked = spec.evaluation.maskHistory ? finals.map((target) => data.historyOf(target)) : [];
    const { listed } = rankings;
    const ranking = await evaluator.rank(arm, examples, masked, { listed, beamWidth: spec.evaluation.beamWidth });
    return rankings.summarise(rankings.of(ranking, finals), finals).values;
  }

  /**
   * The k best items after a history, none of which is in it.
   * @throws RangeError for an item that is not in the log
   */
  async recommend(history: readonly string[], k: number): Promise<Recommendation[]> {
    const { data, arm, evaluator } = this;
    const items = history.map((id) => {
      const place = this.places.get(id);
      if (place === undefined) throw new RangeError(`The log has no item ${id}.`);
      return place;
    });
    const examples = [data.exampleOf(items, '')];
    const catalogue = evaluator.embedCatalogue(arm);
    const top = await evaluator.recommend(arm, { catalogue, examples, masked: [items] }, k);
    return [...top]
      .filter((item) => item !== NO_ITEM)
      .map((item) => {
        const { id, title } = data.log.items.at(item);
        return { id, title };
      });
  }

  trained(): Promise<TrainedArm> {
    return readTrainedArm(this.engine, this.arm);
  }

  destroy(): void {
    this.engine.destroy();
  }
}
