import { cleanup, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { fieldAt, FIELDS } from '../../../recipe/fields';
import { PRESETS } from '../../../recipe/presets';
import { runSpecSchema } from '../../../recipe/runSpec';
import { readField, type SpecPath } from '../../../recipe/specPath';
import { show } from '../../../testing/component';
import { check, setRecipe, useRecipe } from '../../state/recipe/recipe';
import { Field } from './form/Field';

/** A field as its section shows it, with its schema's complaints. */
function Shown({ path }: { readonly path: SpecPath }) {
  const draft = useRecipe((recipe) => recipe.draft);
  return <Field field={fieldAt(path)!} error={check(draft).errors.get(path)} />;
}

const valueOf = (path: SpecPath): unknown => readField(useRecipe.getState().draft, path);

describe('a field of the recipe', () => {
  const [preset] = PRESETS;
  beforeEach(() => {
    setRecipe(preset!.id, preset!.spec);
  });

  it('keeps what is typed, says what is wrong with it, and resets to the preset', async () => {
    const user = show(<Shown path="training.learningRate" />);
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: /^Learning rate/ });
    expect(screen.queryByRole('button', { name: 'Reset Learning rate' })).toBeNull();
    const before = field.value;
    await user.clear(field);
    await user.type(field, '3e-');
    expect([field.value, field.getAttribute('aria-invalid')]).toEqual(['3e-', 'true']);
    expect(document.getElementById(field.getAttribute('aria-describedby')!)?.textContent).toMatch(/^Learning rate must be /);
    await user.type(field, '5');
    expect([field.value, field.getAttribute('aria-invalid'), valueOf('training.learningRate')]).toEqual(['3e-5', 'false', 3e-5]);
    await user.click(screen.getByRole('button', { name: 'Reset Learning rate' }));
    expect([field.value, valueOf('training.learningRate')]).toEqual([before, preset!.spec.training.learningRate]);
  });

  it('has a hint that describes its control, and that touch and keys can show', async () => {
    const { path, hint } = FIELDS.find((one) => one.hint !== undefined && one.kind === 'number')!;
    const user = show(<Shown path={path} />);
    const field = screen.getByRole('textbox');
    const shown = document.getElementById(field.getAttribute('aria-describedby')!)!;
    expect(shown.textContent).toBe(hint);
    expect(shown.hidden).toBe(true);
    const about = screen.getByRole('button', { name: /^About / });
    await user.click(about);
    expect([shown.hidden, about.getAttribute('aria-expanded')]).toEqual([false, 'true']);
    await user.keyboard('{Escape}');
    expect(shown.hidden).toBe(true);
    await user.keyboard('{Enter}');
    expect(shown.hidden).toBe(false);
  });

  it('has lists, checkboxes and choices according to the schema', async () => {
    const user = show(
      <>
        <Shown path="evaluation.ks" />
        <Shown path="objective.hideEmbFromText" />
        <Shown path="training.decay" />
      </>,
    );
    const ks = screen.getByRole('textbox');
    await user.clear(ks);
    await user.type(ks, '1, 5 10');
    expect(valueOf('evaluation.ks')).toEqual([1, 5, 10]);
    const hidden = valueOf('objective.hideEmbFromText');
    await user.click(screen.getByRole('checkbox'));
    expect(valueOf('objective.hideEmbFromText')).toBe(hidden !== true);
    const decay = screen.getByRole<HTMLSelectElement>('combobox');
    const other = [...decay.options].find(({ value }) => value !== decay.value)!;
    await user.selectOptions(decay, other);
    expect(valueOf('training.decay')).toBe(other.value);
    expect(check(useRecipe.getState().draft).errors.size).toBe(0);
  });

  it('has a control of its kind, which shows the value of the schema’s defaults', () => {
    setRecipe(preset!.id, runSpecSchema.parse({}));
    for (const { path, kind } of FIELDS) {
      show(<Shown path={path} />);
      const shown = document.querySelector('[data-kind]')!;
      const value = valueOf(path);
      if (kind === 'number') expect(Number(shown.querySelector('input')?.value), path).toBe(value);
      else if (kind === 'check') expect(shown.querySelector('input')?.checked, path).toBe(value);
      else if (kind === 'select') expect(shown.querySelector('select')?.value, path).toBe(value ?? '');
      else expect(shown.querySelector('input, textarea, [role=group]'), path).not.toBeNull();
      cleanup();
    }
  });
});
