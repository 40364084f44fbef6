/**
 * The RunSpec that the form edits, and the preset that it started from. The draft may be invalid; a run takes
 * `checked`.
 */
import { create } from '../store';
import { complaintsOf, sentence } from '../../../recipe/errorMap';
import { PRESETS, type Preset, type PresetId } from '../../../recipe/presets';
import { EMBEDDED_MODEL, trainableSchema, type ArmSpec, type RunSpec } from '../../../recipe/runSpec';
import { isItemInterface, withInterface } from '../../../recipe/itemInterface';
import { FIELDS_OF_LOG, recipeForLog } from '../../../recipe/recipeForLog';
import { readField, sameValue, writeField, type SpecPath } from '../../../recipe/specPath';
import type { LogSummary } from '../../../record/runRecord';
import { useExperiment } from '../run/experiment';

export interface RecipeState {
  readonly presetId: PresetId;
  readonly draft: RunSpec;
}

const FIRST = PRESETS[0]!;

export const useRecipe = create<RecipeState>()(() => ({ presetId: FIRST.id, draft: FIRST.spec }));

export function presetOf(id: PresetId): Preset {
  return PRESETS.find((preset) => preset.id === id) ?? FIRST;
}

export function choosePreset(id: PresetId): void {
  // The open log is kept, with its templates: a preset says how to train, not on what.
  const spec = onLog(presetOf(id).spec, useExperiment.getState().log?.summary ?? null);
  const { trainingUsers, heldOutCategories } = spec.data;
  const data = { ...useRecipe.getState().draft.data, trainingUsers, heldOutCategories };
  useRecipe.setState({ presetId: id, draft: { ...spec, data } });
}

function onLog(spec: RunSpec, log: LogSummary | null): RunSpec {
  return log === null ? spec : recipeForLog(spec, log);
}

/**
 * A log has been opened: what the preset has otherwise on it than on the one before, where the user has not
 * set it.
 */
export function suitLog(before: LogSummary | null, log: LogSummary): void {
  useRecipe.setState(({ presetId, draft }) => {
    const { spec } = presetOf(presetId);
    const [was, is] = [onLog(spec, before), onLog(spec, log)];
    const untouched = FIELDS_OF_LOG.filter((path) => sameValue(readField(draft, path), readField(was, path)));
    const fitted = untouched.reduce((one, path) => writeField(one, path, readField(is, path)), draft);
    return { draft: { ...fitted, data: { ...fitted.data, id: log.id } } };
  });
}

export function setRecipe(presetId: PresetId, draft: RunSpec): void {
  useRecipe.setState({ presetId, draft });
}

/** The recipe of a record, on the log that is open here. */
export function takeRecipe(spec: RunSpec): void {
  useRecipe.setState(({ draft }) => ({ draft: { ...spec, data: { ...spec.data, id: draft.data.id } } }));
}

export function setField(path: SpecPath, value: unknown): void {
  useRecipe.setState(({ presetId, draft }) => ({
    draft:
      path === 'objective.itemInterface' && isItemInterface(value)
        ? withInterface(draft, value, presetOf(presetId).spec)
        : writeField(draft, path, value),
  }));
}

/**
 * Chooses a model. A preset's numbers of evaluated users suit the embedded model; with another one they are
 * left to its speed here, until the embedded one is chosen again.
 */
export function chooseModel(id: string): void {
  const before = useRecipe.getState().draft.model.id;
  setField('model.id', id);
  if ((before === EMBEDDED_MODEL) === (id === EMBEDDED_MODEL)) return;
  const { presetId, draft } = useRecipe.getState();
  for (const path of ['evaluation.sampleUsers', 'evaluation.finalUsers'] as const) {
    const usual = readField(presetOf(presetId).spec, path);
    const [from, to] = id === EMBEDDED_MODEL ? ['auto', usual] : [usual, 'auto'];
    if (readField(draft, path) === from) setField(path, to);
  }
}

export function resetField(path: SpecPath): void {
  useRecipe.setState(({ presetId, draft }) => ({ draft: writeField(draft, path, readField(presetOf(presetId).spec, path)) }));
}

export function changeArm(index: number, change: Partial<ArmSpec>): void {
  setField(
    'arms',
    useRecipe.getState().draft.arms.map((arm, i) => (i === index ? { ...arm, ...change } : arm)),
  );
}

export function removeArm(index: number): void {
  setField(
    'arms',
    useRecipe.getState().draft.arms.filter((_, i) => i !== index),
  );
}

export function duplicateArm(index: number): void {
  const { arms } = useRecipe.getState().draft;
  const arm = arms[index];
  if (arm) setField('arms', [...arms.slice(0, index + 1), copyOf(arm, arms), ...arms.slice(index + 1)]);
}

/** `karma` becomes `karma-2`, labelled `KARMA 2`. */
export function copyOf(arm: ArmSpec, arms: readonly ArmSpec[]): ArmSpec {
  const stem = arm.id.replace(/-\d+$/, '');
  let number = 2;
  while (arms.some((other) => other.id === `${stem}-${number}`)) number++;
  return { ...arm, id: `${stem}-${number}`, label: `${arm.label.replace(/ \d+$/, '')} ${number}` };
}

export interface CheckedRecipe {
  /** Null while a field is wrong. */
  readonly spec: RunSpec | null;
  /** Sentence by field path, such as `training.steps` or `arms.0.lambdaGen`. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Cached, since half the page checks the same draft; drafts are replaced, never changed. */
const checked = new WeakMap<RunSpec, CheckedRecipe>();

export function check(draft: RunSpec): CheckedRecipe {
  const known = checked.get(draft);
  if (known) return known;
  const parsed = trainableSchema.safeParse(draft);
  const found: CheckedRecipe = parsed.success
    ? { spec: parsed.data, errors: new Map() }
    : { spec: null, errors: new Map(complaintsOf(parsed.error, trainableSchema).map((one) => [one.path, sentence(one)])) };
  checked.set(draft, found);
  return found;
}
