/** The documentation of the recipe's fields, generated from the schema: docs/recipe.md. */
import { ARM_FIELDS, FIELDS, type RecipeField } from './fields';
import { armSchema, runSpecSchema } from './runSpec';
import { readField, type SpecPath } from './specPath';
import { valuesText } from './values';
import { labelWithUnit } from './words';

const INTRODUCTION = `# The recipe

A recipe is an experiment as one JSON object: in run files, recipe files, grids and links. Each field has a
default, so a recipe names only what differs. The page's form and \`--set PATH=VALUE\` on the command line
accept the same values; \`--help\` lists them too. This page is generated from the schema in \`src/recipe\`; a
test fails if it is out of date.

Recipes of \`version\` 1 keep the defaults of their time, and fields of earlier versions are read and left out.
One of them changed what training does. With \`objective.useExposures\`, which was on by default, items that
were shown and not clicked were negatives of [EMB] in the pairwise loss and in InfoNCE. Trained again, such a
recipe has no L_exp; set \`objective.lambdaExp\` for it. Records say what theirs was.
`;

export function fieldTable(): string {
  const defaults = runSpecSchema.parse({});
  const sections = [...new Set(FIELDS.map(({ path }) => sectionOf(path)))].map((section) => {
    const fields = FIELDS.filter(({ path }) => sectionOf(path) === section);
    const title = section === '' ? 'The experiment' : `\`${section}\``;
    return table(title, fields, (field) => readField(defaults, field.path as SpecPath));
  });
  const arm: Readonly<Record<string, unknown>> = armSchema.parse({ id: 'x', label: 'x' });
  const given: readonly string[] = ['id', 'label'];
  const arms = table('An arm: an entry of `arms`', ARM_FIELDS, ({ path }) => (given.includes(path) ? undefined : arm[path]));
  return [INTRODUCTION, ...sections, arms].join('\n');
}

function sectionOf(path: string): string {
  return path.includes('.') ? path.split('.')[0]! : '';
}

function table(title: string, fields: readonly RecipeField[], defaultOf: (field: RecipeField) => unknown): string {
  const lines = fields.map((field) => {
    const value = defaultOf(field);
    const standard = value === undefined ? '' : code(value);
    const cells = [`\`${field.path}\``, labelWithUnit(field), valueCell(field), standard, field.hint ?? ''];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [`## ${title}`, '| path | name | values | default | |', '|---|---|---|---|---|', ...lines, ''].join('\n');
}

/** Values, with their labels if these say more. */
function valueCell(field: RecipeField): string {
  if (!('options' in field)) return valuesText(field.schema) ?? '';
  const options = field.options.map(({ value, label }) => (label === value ? `\`${value}\`` : `\`${value}\`: ${label}`));
  return options.join('; ');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
