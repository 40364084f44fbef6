/**
 * Where the parts of the recipe are in the form. The fields themselves, their order and their words come from
 * the schema.
 */
import { FIELDS, type RecipeField } from '../../../../recipe/fields';
import type { SpecPath } from '../../../../recipe/specPath';

export type SectionId = 'model' | 'log' | 'lora' | 'objective' | 'training' | 'evaluation';

/** The sections behind *All settings*; model and log are among the choices above them. */
export const FURTHER: readonly SectionId[] = ['lora', 'objective', 'training', 'evaluation'];

/** Fields among the main choices, with arms, model and log. */
export const CHOSEN: readonly SpecPath[] = ['training.learningRate', 'training.steps'];

/** Sections of the schema, or single fields, in each section of the form. */
const PARTS: Readonly<Record<SectionId, readonly string[]>> = {
  model: ['model', 'lora.start'],
  log: ['data'],
  lora: ['lora'],
  objective: ['objective', 'features'],
  training: ['training', 'seed'],
  evaluation: ['evaluation'],
};

/** Fields with a custom control. */
const ELSEWHERE: ReadonlySet<SpecPath> = new Set<SpecPath>([
  'name',
  'model.id',
  'lora.start',
  'data.id',
  'data.itemTemplate',
  'data.historyTemplate',
  'data.queryTemplate',
]);

function partsOf(section: SectionId): RecipeField<SpecPath>[] {
  return PARTS[section].flatMap((part) =>
    FIELDS.filter(({ path }) => path === part || path.startsWith(`${part}.`)).filter(
      ({ path }) => !(CHOSEN.includes(path) || (section === 'lora' && path === 'lora.start')),
    ),
  );
}

/** The fields listed in a section's form. */
export function listedFields(section: SectionId): RecipeField<SpecPath>[] {
  return partsOf(section).filter(({ path }) => !ELSEWHERE.has(path));
}

/** All fields that a section is responsible for: changes that it counts, and errors that it shows. */
export function sectionPaths(section: SectionId): SpecPath[] {
  return partsOf(section)
    .map(({ path }) => path)
    .filter((path) => path !== 'data.id');
}

/** Message of the field itself or of an entry of it (`evaluation.ks.2`). */
export function errorOf(path: string, errors: ReadonlyMap<string, string>): string | undefined {
  for (const [at, message] of errors) if (at === path || at.startsWith(`${path}.`)) return message;
  return undefined;
}
