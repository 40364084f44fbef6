/** What one recipe has otherwise than another, in words: `Learning rate 2e-3 → 1e-3`. Pure. */
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import { valueText } from './parseValue';
import { FIELDS } from './fields';
import { differingPaths, readField, sameValue, type SpecPath } from '../../recipe/specPath';
import { armLine } from './summaries';

const LABELS = new Map<SpecPath, string>(
  Object.values(FIELDS)
    .flat()
    .map(({ path, label }) => [path, label]),
);

/** A field's words in the form; its path where the form does not have it. */
export function fieldLabel(path: SpecPath): string {
  return LABELS.get(path) ?? path;
}

/** One phrase a difference, in the schema's order. The name is no difference. */
export function whatChanged(from: RunSpec, to: RunSpec): string[] {
  return (
    differingPaths(to, from)
      // What `auto` will choose may well be the same.
      .filter((path) => path !== 'name' && !(path === 'model.precision' && to.model.precision === 'auto'))
      .flatMap((path) => {
        if (path === 'arms') return armChanges(from.arms, to.arms);
        return [`${fieldLabel(path)} ${said(readField(from, path))} → ${said(readField(to, path))}`];
      })
  );
}

function said(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return valueText(value) || 'nothing';
}

function armChanges(from: readonly ArmSpec[], to: readonly ArmSpec[]): string[] {
  const added = to.filter(({ id }) => from.every((arm) => arm.id !== id));
  const removed = from.filter(({ id }) => to.every((arm) => arm.id !== id));
  const changed = to.flatMap((arm) => {
    const before = from.find(({ id }) => id === arm.id);
    if (!before || sameValue({ ...before, label: '' }, { ...arm, label: '' })) return [];
    return [`${arm.label}: ${armLine(before)} → ${armLine(arm)}`];
  });
  return [...added.map(({ label }) => `with arm ${label}`), ...removed.map(({ label }) => `without arm ${label}`), ...changed];
}
