import { act } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../../../testing/component';
import { smallRecord } from '../../../../testing/smallRecord';
import { useExperiment } from '../../../state/run/experiment';
import { setField } from '../../../state/recipe/recipe';
import { ProductsLine } from './ProductsLine';

it('says how many products the device had right, of the recipe’s model and only if they were checked', () => {
  const { checked: _, ...record } = smallRecord();
  const said = (): string => document.body.textContent;
  setField('model.id', record.spec.model.id);
  useExperiment.setState({ record: { ...record, checked: { products: 142 } } });
  show(<ProductsLine />);
  expect(said()).toContain('142 products of matrices checked');
  act(() => {
    setField('model.id', 'HuggingFaceTB/SmolLM2-135M');
  });
  expect(said()).toBe('');
  act(() => {
    setField('model.id', record.spec.model.id);
    useExperiment.setState({ record });
  });
  expect(said()).toBe('');
});
