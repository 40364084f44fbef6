/** One name for one result: a hash of what an arm's numbers depend on. */
import { version as ownVersion } from '../../../package.json';
import { armSchema, runSpecSchema, shufflesPictures, shufflesText, type ArmSpec, type RunSpec } from '../../recipe/runSpec';
import { sameValue } from '../../recipe/specPath';
import { addsRows, readsText } from '../../engine/objective/terms';
import { lambdaOf } from '../../recipe/terms';
import { sha256Hex } from '../../storage/sha256';

/**
 * Two arms with the same key have the same numbers on the same adapter, whatever the run's other arms, its
 * name or the arm's label. A setting that does not affect an arm (text of a random item without a text loss)
 * makes no difference.
 * @param log hash of the log; `sample` stands for the sample store, which comes with the app
 * @param exposedNegatives as `RunRecord` has it
 */
export function cellKey(
  spec: RunSpec,
  arm: ArmSpec,
  log: string,
  appVersion: string = ownVersion,
  exposedNegatives = false,
): string {
  const feels = { gen: lambdaOf(arm, 'gen') > 0, text: readsText(arm), image: lambdaOf(arm, 'img') > 0 };
  const { textShare } = addsRows(arm, 'history') || addsRows(arm, 'texts') ? spec.training : DEFAULTS.training;
  const felt = feels.image ? arm : { ...arm, ...WITHOUT_IMAGES };
  const facts = {
    ...without(spec, 'name', 'arms'),
    version: 1,
    appVersion: numbersOf(appVersion),
    data: { ...without(spec.data, 'id'), log },
    model: without(spec.model, 'baseUrl'),
    arm: {
      ...without(felt, 'id', 'label', 'shuffle'),
      shuffledText: feels.text && shufflesText(arm),
      ...(feels.image && shufflesPictures(arm) ? { shuffledImages: true } : {}),
      ...(arm.shuffle === 'target' ? { shuffle: arm.shuffle } : {}),
    },
    features: feels.image || spec.features.source.includes('visual') ? spec.features : { ...spec.features, ...DEFAULT_VISUAL },
    training: { ...spec.training, textShare },
    evaluation: { ...spec.evaluation, ...UNFELT },
    objective: {
      ...spec.objective,
      hideEmbFromText: feels.gen && spec.objective.hideEmbFromText,
      // Of earlier versions: without L_exp a result is what it was with that switch off, and with the full
      // softmax it made no difference.
      useExposures: spec.objective.actionLoss === 'full' || exposedNegatives,
      ...(feels.image ? {} : DEFAULT_DECODER),
    },
  };
  return sha256Hex(canonicalJson(withoutNewDefaults(facts))).slice(0, 16);
}

/**
 * Version in which a recipe's numbers last changed. Raised whenever they change: results of earlier versions
 * are then computed again.
 */
const NUMBERS_SINCE = '0.1.0';

/** @returns the version that stands for all with the same numbers as this one */
export function numbersOf(version: string): string {
  return version.localeCompare(NUMBERS_SINCE, 'en', { numeric: true }) < 0 ? version : NUMBERS_SINCE;
}

/** Keys are older than today's recipe, so what they leave out are the defaults of that time. */
const DEFAULTS = runSpecSchema.parse({ version: 1 });
const DEFAULT_ARM = armSchema.parse({ id: 'any', label: 'any' });
const { imageContext, imageLoss } = DEFAULT_ARM;
/** Settings that do not affect an arm without L_img, at their defaults. */
const WITHOUT_IMAGES = { imageContext, imageLoss };
const DEFAULT_VISUAL = { visual: DEFAULTS.features.visual };
const DEFAULT_DECODER = { imageUnits: DEFAULTS.objective.imageUnits };

/** Settings of baselines, which no arm feels; the rate is one of earlier recipes, whose keys have it. */
const UNFELT = { baselineTrials: DEFAULTS.evaluation.baselineTrials, sasrecLearningRate: 1e-3 };

/** The fields of the first version of keys. */
const FIRST_FIELDS: Readonly<Record<string, readonly string[]>> = {
  model: ['id', 'revision', 'precision'],
  data: ['log', 'itemTemplate', 'historyTemplate', 'queryTemplate'],
  features: ['source'],
  arm: ['lambdaGen', 'lambdaRec', 'shuffledText'],
  lora: ['rank', 'alpha', 'targets', 'firstLayer', 'start', 'trainInputs'],
  objective: [
    ...['itemInterface', 'itemInput', 'itemOutput', 'actionLoss', 'similarity', 'temperature', 'embeddingSize', 'positions'],
    ...['useExposures', 'hideEmbFromText', 'maxHistory', 'maxTextTokens', 'maxTitleTokens', 'useQuery'],
  ],
  training: [
    ...['steps', 'batchSize', 'checkpoint', 'accumulate', 'cacheMegabytes', 'learningRate', 'warmupSteps'],
    ...['finalLearningRateShare', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'clipNorm'],
  ],
  evaluation: [
    ...['evaluations', 'sampleUsers', 'finalUsers', 'watch', 'ks', 'sasrecSteps', 'sasrecLearningRate', 'maskHistory'],
    ...['protocol', 'poolSize', 'poolFrom', 'poolSeed', 'probes', 'probeSteps', 'sinkThreshold'],
  ],
};

/**
 * A field added since counts only if it is not at its default, so that grids planned without it keep their
 * keys.
 */
function withoutNewDefaults(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULTS, arm: DEFAULT_ARM };
  return Object.fromEntries(
    Object.entries(facts).map(([section, value]) => {
      const first = FIRST_FIELDS[section];
      if (first === undefined) return [section, value];
      const standard = defaults[section] as Readonly<Record<string, unknown>>;
      const kept = Object.entries(value as object).filter(([key, one]) => first.includes(key) || !sameValue(one, standard[key]));
      return [section, Object.fromEntries(kept)];
    }),
  );
}

function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

/** JSON with the keys of every object sorted. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What a key needs to know about a run. */
export interface KeyedRun {
  readonly spec: RunSpec;
  readonly appVersion: string;
  readonly exposedNegatives?: true | undefined;
  readonly data: { readonly hash: string };
  readonly model: { readonly hash: string };
}

/** Keys by recipe and arm, which do not change: lists of runs are grouped again and again. */
const seedless = new WeakMap<RunSpec, Map<string, string>>();

/**
 * The key that an arm of a run has in common with its runs that differ only in their seed, on the same
 * weights.
 */
export function seedlessKey({ spec, data, model, appVersion, exposedNegatives }: KeyedRun, arm: ArmSpec): string {
  const own = seedless.get(spec) ?? new Map<string, string>();
  seedless.set(spec, own);
  const asked = JSON.stringify([arm, data.hash, appVersion, exposedNegatives]);
  const log = logName(spec.data.id, data.hash);
  const key = own.get(asked) ?? cellKey({ ...spec, seed: 0 }, arm, log, appVersion, exposedNegatives);
  own.set(asked, key);
  return `${key} ${model.hash}`;
}

/** What of an evaluation changes no final value: how often and how its figures are drawn. */
const { evaluations, spacing, probes, probeSteps, prompts, ks, sasrecSteps } = DEFAULTS.evaluation;
const UNSEEN_AT_END = { evaluations, spacing, probes, probeSteps, prompts, ks, sasrecSteps };

/**
 * The key that an arm has in common with its runs at other seeds and rates, on the same weights, whatever
 * their figures show.
 */
export function ratelessKey({ spec, data, model, appVersion, exposedNegatives }: KeyedRun, arm: ArmSpec): string {
  const { learningRate } = DEFAULTS.training;
  const shared: RunSpec = {
    ...spec,
    seed: 0,
    training: { ...spec.training, learningRate },
    evaluation: { ...spec.evaluation, ...UNSEEN_AT_END },
  };
  const { learningRate: _own, ...rateless } = arm;
  return `${cellKey(shared, rateless, logName(spec.data.id, data.hash), appVersion, exposedNegatives)} ${model.hash}`;
}

/** The `log` of `cellKey`. The sample's hash is unknown until it is read. */
export function logName(id: string, hash: string): string {
  return id === 'sample' ? 'sample' : hash;
}
