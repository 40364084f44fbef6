/** The form of a grid, and the grid that it describes. Pure. */
import { message, t } from '../../words/words';
import { z } from 'zod';
import { gridSchema, type GridSpec } from '../../experiment/grid/gridSpec';
import { ARM_NAMES, hasLambda, sweptArms, type ArmName } from '../../recipe/namedArms';
import { complaintsOf, sentence } from '../../recipe/errorMap';
import { fieldAt, FIELDS, type RecipeField } from '../../recipe/fields';
import { PROJECTIONS, type RunSpec } from '../../recipe/runSpec';
import { fieldLabel } from '../../recipe/whatChanged';
import { labelWithUnit } from '../../recipe/words';
import type { SpecPath } from '../../recipe/specPath';

export interface GridDraft {
  readonly arms: readonly ArmName[];
  /** Numbers are NaN if the typed text is not one. */
  readonly lambdas: readonly number[];
  readonly seeds: readonly number[];
  /** Fields added to the default ones. */
  readonly added: readonly SpecPath[];
  /** Values of fields that are axes; a field without values stays as in the recipe. */
  readonly choices: Partial<Record<SpecPath, readonly string[]>>;
  readonly numbers: Partial<Record<SpecPath, readonly number[]>>;
  readonly tune: boolean;
  readonly rates: readonly number[];
}

export const FIRST_DRAFT: GridDraft = {
  arms: ['action', 'karma'],
  lambdas: [0.3],
  seeds: [0, 1, 2],
  added: [],
  choices: {},
  numbers: {},
  tune: false,
  rates: [1e-3, 2e-3, 4e-3],
};

interface ChoiceOption {
  /** In drafts. */
  readonly id: string;
  /** In the page's language. */
  readonly label: string;
  readonly value: unknown;
}

export interface ChoiceField {
  readonly path: SpecPath;
  readonly options: readonly ChoiceOption[];
}

export interface NumberField {
  readonly path: SpecPath;
  readonly schema: z.core.$ZodType;
}

function option(id: string, value: unknown): ChoiceOption {
  return {
    id,
    value,
    get label() {
      return t(id);
    },
  };
}

/** Sets of values worth comparing, for fields that accept any. */
const SETS: Partial<Record<SpecPath, ChoiceField['options']>> = {
  'lora.targets': [
    option(message('all seven'), [...PROJECTIONS]),
    option(message('attention'), PROJECTIONS.slice(0, 4)),
    option(message('q and v'), ['q_proj', 'v_proj']),
  ],
};

/** Fields that a grid sets differently, or that do not affect a model. */
const NO_AXIS: ReadonlySet<string> = new Set(['name', 'seed', 'model.precision', 'model.arithmetic', 'evaluation.watch']);

/** Fields with few values. */
export const CHOICE_FIELDS: readonly ChoiceField[] = FIELDS.flatMap((field) => {
  if (NO_AXIS.has(field.path)) return [];
  const options = SETS[field.path] ?? optionsOf(field);
  return options === null ? [] : [{ path: field.path, options }];
});

function optionsOf(field: RecipeField): ChoiceField['options'] | null {
  if (field.kind === 'select')
    return field.options.map((one) => ({
      id: one.value,
      value: one.value,
      get label() {
        return one.label;
      },
    }));
  if (field.kind !== 'check') return null;
  return [option(message('off'), false), option(message('on'), true)];
}

/** Fields with any number. */
export const NUMBER_FIELDS: readonly NumberField[] = FIELDS.flatMap((field) =>
  field.kind === 'number' && !NO_AXIS.has(field.path) ? [{ path: field.path, schema: field.schema }] : [],
);

/** What the form calls the field. */
export function axisLabel(path: SpecPath): string {
  const field = fieldAt(path);
  return field === null ? path : field.kind === 'number' ? labelWithUnit(field) : field.label;
}

/** What the form shows before anything is added. */
export const USUAL_AXES: readonly SpecPath[] = [
  'objective.itemInterface',
  'objective.actionLoss',
  'objective.itemInput',
  'objective.itemOutput',
  'features.source',
  'lora.targets',
  'lora.rank',
  'training.learningRate',
  'training.steps',
];

/** The grid around a recipe, or the first thing that is wrong with it. */
export function gridOf(draft: GridDraft, base: RunSpec): GridSpec | string {
  const needsLambda = draft.arms.some(hasLambda);
  if (needsLambda && draft.lambdas.length === 0) return t('λ: enter at least one number.');
  if (needsLambda && draft.lambdas.some(Number.isNaN)) return t('λ: enter numbers, separated by commas.');
  const choices = CHOICE_FIELDS.flatMap(({ path, options }) => {
    const values = options.filter(({ id }) => draft.choices[path]?.includes(id)).map(({ value }) => value);
    return values.length === 0 ? [] : [{ path, values }];
  });
  const numbers: { path: SpecPath; values: readonly number[] }[] = [];
  for (const { path, schema } of NUMBER_FIELDS) {
    const values = draft.numbers[path] ?? [];
    if (values.length === 0 || (draft.tune && path === 'training.learningRate')) continue;
    const problem = values.map((value) => z.safeParse(schema, value).error?.issues[0]?.message).find(Boolean);
    if (problem !== undefined) return sentence({ path, label: axisLabel(path), message: problem });
    numbers.push({ path, values });
  }
  const parsed = gridSchema.safeParse({
    name: base.name,
    base,
    arms: ARM_NAMES.filter((name) => draft.arms.includes(name)).flatMap((name) => sweptArms(name, draft.lambdas)),
    axes: [...choices, ...numbers],
    seeds: draft.seeds,
    tune: draft.tune ? { rates: draft.rates } : null,
  });
  if (parsed.success) return parsed.data;
  const [first] = complaintsOf(parsed.error, gridSchema);
  const axis = /^axes\.(\d+)\./.exec(first!.path)?.[1];
  const path = axis === undefined ? undefined : [...choices, ...numbers][Number(axis)]?.path;
  return sentence(path === undefined ? first! : { ...first!, label: t('Values of {field}', { field: fieldLabel(path) }) });
}
