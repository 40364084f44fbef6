/** The form of a grid, and the grid that it stands for. Pure. */
import { gridSchema, type GridSpec } from '../../experiment/grid/gridSpec';
import { ARM_NAMES, sweptArms, type ArmName } from '../../recipe/namedArms';
import {
  actionLossSchema,
  featureSourceSchema,
  itemInputSchema,
  itemInterfaceSchema,
  itemOutputSchema,
  poolSourceSchema,
  PROJECTIONS,
  protocolSchema,
  type RunSpec,
} from '../../recipe/runSpec';
import type { SpecPath } from '../../recipe/specPath';
import { parseNumbers } from '../recipe/parseValue';

export interface GridDraft {
  readonly arms: readonly ArmName[];
  /** As they are typed. */
  readonly lambdas: string;
  readonly seeds: string;
  /** Values of fields that are axes; a field without values stays as in the recipe. */
  readonly choices: Partial<Record<SpecPath, readonly string[]>>;
  readonly numbers: Partial<Record<SpecPath, string>>;
  readonly tune: boolean;
  readonly rates: string;
}

export const FIRST_DRAFT: GridDraft = {
  arms: ['action', 'karma'],
  lambdas: '0.3',
  seeds: '0, 1, 2',
  choices: {},
  numbers: {},
  tune: false,
  rates: '1e-3, 2e-3, 4e-3',
};

export interface ChoiceField {
  readonly path: SpecPath;
  readonly label: string;
  readonly options: readonly { readonly label: string; readonly value: unknown }[];
}

const named = (values: readonly string[]) => values.map((value) => ({ label: value, value }));
const ATTENTION = PROJECTIONS.slice(0, 4);

/** Fields with few values. */
export const CHOICE_FIELDS: readonly ChoiceField[] = [
  { path: 'objective.itemInterface', label: 'An item enters as', options: named(itemInterfaceSchema.options) },
  { path: 'objective.actionLoss', label: 'Action loss', options: named(actionLossSchema.options) },
  { path: 'objective.itemInput', label: 'Item token from', options: named(itemInputSchema.options) },
  { path: 'objective.itemOutput', label: 'Item embedding from', options: named(itemOutputSchema.options) },
  { path: 'features.source', label: 'Item features', options: named(featureSourceSchema.options) },
  { path: 'evaluation.protocol', label: 'Protocol', options: named(protocolSchema.options) },
  { path: 'evaluation.poolFrom', label: 'Pool candidates', options: named(poolSourceSchema.options) },
  {
    path: 'objective.hideEmbFromText',
    label: '[EMB] in L_gen',
    options: [
      { label: 'seen by y', value: false },
      { label: 'hidden from y', value: true },
    ],
  },
  {
    path: 'lora.targets',
    label: 'LoRA on',
    options: [
      { label: 'all seven', value: [...PROJECTIONS] },
      { label: 'attention', value: [...ATTENTION] },
      { label: 'q and v', value: ['q_proj', 'v_proj'] },
    ],
  },
];

/** Fields with any number. */
export const NUMBER_FIELDS: readonly { readonly path: SpecPath; readonly label: string }[] = [
  { path: 'lora.rank', label: 'LoRA rank' },
  { path: 'training.learningRate', label: 'Learning rate' },
  { path: 'training.steps', label: 'Steps' },
];

/** The grid around a recipe, or the first thing that is wrong with it. */
export function gridOf(draft: GridDraft, base: RunSpec): GridSpec | string {
  const lambdas = parseNumbers(draft.lambdas);
  if (lambdas.length === 0 && draft.arms.some((arm) => arm !== 'action')) return 'λ: write at least one number.';
  const choices = CHOICE_FIELDS.flatMap(({ path, options }) => {
    const values = options.filter(({ label }) => draft.choices[path]?.includes(label)).map(({ value }) => value);
    return values.length === 0 ? [] : [{ path, values }];
  });
  const numbers = NUMBER_FIELDS.flatMap(({ path }) => {
    if (draft.tune && path === 'training.learningRate') return [];
    const values = parseNumbers(draft.numbers[path] ?? '');
    return values.length === 0 ? [] : [{ path, values }];
  });
  const parsed = gridSchema.safeParse({
    name: base.name,
    base,
    arms: ARM_NAMES.filter((name) => draft.arms.includes(name)).flatMap((name) => sweptArms(name, lambdas)),
    axes: [...choices, ...numbers],
    seeds: parseNumbers(draft.seeds),
    tune: draft.tune ? { rates: parseNumbers(draft.rates) } : null,
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const [part = 'grid', index, ...rest] = issue?.path ?? [];
  const words: Record<string, string> = { seeds: 'Seeds', arms: 'Arms', tune: 'Rates', axes: 'Axes' };
  const where =
    part === 'axes' && typeof index === 'number'
      ? ([...choices, ...numbers][index]?.path ?? 'Axes')
      : (words[String(part)] ?? [part, index, ...rest].join('.'));
  return `${where}: ${issue?.message.replace('Invalid input: expected number, received NaN', 'write numbers') ?? 'does not fit'}.`;
}
