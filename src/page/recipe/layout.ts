/** Which part of the recipe stands where in the form. The fields themselves, their order and their words are the schema's. */
import { FIELDS, type Field } from '../../recipe/fields';
import type { SpecPath } from '../../recipe/specPath';

export type SectionId = 'model' | 'log' | 'objective' | 'training' | 'evaluation';

/** Sections of the schema, or single fields, in each section of the form. */
const PARTS: Readonly<Record<SectionId, readonly string[]>> = {
  model: ['model', 'lora'],
  log: ['data'],
  objective: ['objective', 'features'],
  training: ['training', 'seed'],
  evaluation: ['evaluation'],
};

/** Fields with a control of their own. */
const ELSEWHERE: ReadonlySet<SpecPath> = new Set<SpecPath>([
  'name',
  'model.id',
  'lora.start',
  'data.id',
  'data.itemTemplate',
  'data.historyTemplate',
  'data.queryTemplate',
]);

function partsOf(section: SectionId): Field<SpecPath>[] {
  return PARTS[section].flatMap((part) => FIELDS.filter(({ path }) => path === part || path.startsWith(`${part}.`)));
}

/** The fields that a section's form lists. */
export function listedFields(section: SectionId): Field<SpecPath>[] {
  return partsOf(section).filter(({ path }) => !ELSEWHERE.has(path));
}

/** Everything a section is responsible for: what it counts as changed, and whose errors it shows. */
export function sectionPaths(section: SectionId): SpecPath[] {
  const paths = partsOf(section)
    .map(({ path }) => path)
    .filter((path) => path !== 'data.id');
  return section === 'objective' ? ['arms', ...paths] : paths;
}
