/** How one recipe differs from another, in words: `Learning rate 0.002 → 0.001`. Pure. */
import { t } from '../words/words';
import { ARM_FIELDS, fieldAt, type RecipeField } from './fields';
import { compact } from './numberText';
import { NO_LAYER, shufflesPictures, shufflesText, type ArmSpec, type RunSpec } from './runSpec';
import { differingPaths, readField, sameValue, type SpecPath } from './specPath';

/** A field's label in the form; its path if the form lacks it. */
export function fieldLabel(path: SpecPath): string {
  return fieldAt(path)?.label ?? path;
}

/** One phrase per difference, in the schema's order, ignoring the name. */
export function whatChanged(from: RunSpec, to: RunSpec): string[] {
  return (
    differingPaths(to, from)
      // What `auto` will choose may well be the same.
      .filter((path) => path !== 'name' && !(path === 'model.precision' && to.model.precision === 'auto'))
      .flatMap((path) => {
        if (path === 'arms') return armChanges(from.arms, to.arms);
        const field = fieldAt(path);
        const text = (spec: RunSpec): string => fieldValueText(field, readField(spec, path));
        return [changeText(fieldLabel(path), text(from), text(to))];
      })
  );
}

/** `Learning rate 0.002 → 0.001`. */
export function changeText(field: string, from: string, to: string): string {
  return t('{field} {from} → {to}', { field, from, to });
}

/** A value as the form shows it; `on` and `off`, `nothing` for an empty one. */
export function fieldValueText(field: RecipeField | null, value: unknown): string {
  if (typeof value === 'boolean') return value ? t('on') : t('off');
  if (Array.isArray(value)) return value.map((one) => fieldValueText(field, one)).join(', ') || t('nothing');
  if (typeof value === 'number') return isNoLayer(field, value) ? t('none') : exact(value);
  if (typeof value !== 'string' || value === '') return t('nothing');
  const options = field && 'options' in field ? field.options : [];
  return options.find((option) => option.value === value)?.label ?? value;
}

/** Whether a first adapted layer stands for none at all. */
export function isNoLayer(field: Pick<RecipeField, 'path'> | null, value: unknown): boolean {
  return value === NO_LAYER && field?.path.endsWith('firstLayer') === true;
}

/** All digits: two values that differ must not look the same. */
function exact(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

function armChanges(from: readonly ArmSpec[], to: readonly ArmSpec[]): string[] {
  const added = to.filter(({ id }) => from.every((arm) => arm.id !== id));
  const removed = from.filter(({ id }) => to.every((arm) => arm.id !== id));
  const changed = to.flatMap((arm) => {
    const before = from.find(({ id }) => id === arm.id);
    if (!before || sameValue({ ...before, label: '' }, { ...arm, label: '' })) return [];
    return [t('{arm}: {from} → {to}', { arm: arm.label, from: armLine(before), to: armLine(arm) })];
  });
  return [
    ...added.map(({ label }) => t('with arm {arm}', { arm: label })),
    ...removed.map(({ label }) => t('without arm {arm}', { arm: label })),
    ...changed,
  ];
}

const LAMBDAS: readonly RecipeField[] = ARM_FIELDS.filter(({ path }) => path.startsWith('lambda'));
/** Fields that `action loss alone` covers when they are all off. */
const WORDED: ReadonlySet<string> = new Set([
  ...['id', 'label', 'shuffle', 'sinkToken', 'imageContext', 'imageLoss', 'updates'],
  ...LAMBDAS.map(({ path }) => path),
]);

/** How an arm with L_img differs from its defaults, in words. */
export function imageWords(arm: ArmSpec): string[] {
  return [
    ...(arm.imageContext === 'history' ? [t('picture from the history’s mean hidden state')] : []),
    ...(arm.imageLoss === 'mse' ? [t('picture by regression')] : []),
    ...(shufflesPictures(arm) ? [t('the picture of a random item')] : []),
  ];
}

/** `λ_gen 0.3 · λ_rec 0.3`, `action loss alone`; followed by the arm's other settings of its own. */
export function armLine(arm: ArmSpec): string {
  const lambdas = LAMBDAS.map(({ label, path }) => ({ label, value: arm[path as keyof ArmSpec] as number }));
  const terms = [
    ...lambdas.flatMap(({ label, value }) => (value > 0 ? [`${label} ${compact(value)}`] : [])),
    ...(lambdas.some(({ value }) => Number.isNaN(value)) ? ['λ –'] : []),
    ...(shufflesText(arm) ? [t('shuffled text')] : []),
    ...(arm.shuffle === 'target' ? [t('random targets')] : []),
    ...(arm.updates > 1 ? [t('{n} updates per step', { n: String(arm.updates) })] : []),
    ...(arm.sinkToken ? [t('sink token')] : []),
    ...(arm.lambdaImg > 0 ? imageWords(arm) : []),
  ];
  const own = ARM_FIELDS.filter(({ path }) => !WORDED.has(path)).flatMap((field) => {
    const value: unknown = arm[field.path];
    return value === undefined || value === null
      ? []
      : [t('{field} {value}', { field: field.label, value: fieldValueText(field, value) })];
  });
  return [...(terms.length > 0 ? terms : [t('action loss alone')]), ...own].join(' · ');
}
