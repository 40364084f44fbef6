import { act } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { runSpecSchema } from '../../../../recipe/runSpec';
import { EMPTY_EXPERIMENT, foldEvents } from '../../../../runtime/experimentState';
import { show } from '../../../../testing/component';
import { smallRecord } from '../../../../testing/smallRecord';
import { useExperiment } from '../../../state/run/experiment';
import { setField, setRecipe } from '../../../state/recipe/recipe';
import { CertificateLine } from './CertificateLine';

const certificate = {
  ...{ maxRelative: 2e-6, maxAbsolute: 1e-5, tolerance: 1e-3, passed: true, provider: 'wasm' as const, tokens: 3 },
  ...{ prompt: 'a', continuation: 'b' },
};

beforeEach(() => {
  useExperiment.setState(EMPTY_EXPERIMENT);
  setRecipe('quick', runSpecSchema.parse({}));
});

it('shows the chosen model’s certificate, recorded or live, and no other model’s', () => {
  const record = { ...smallRecord(), certificate };
  const { id } = record.spec.model;
  useExperiment.setState({ record });
  setField('model.id', id);
  show(<CertificateLine />);
  const said = (): string => document.body.textContent;
  expect(said()).toContain('2.0e-6');
  act(() => {
    setField('model.id', 'HuggingFaceTB/SmolLM2-135M');
  });
  expect(said()).toBe('');
  act(() => {
    const found = {
      type: 'certificate',
      model: id,
      certification: { certificate: { ...certificate, maxRelative: 3e-6 } },
    } as const;
    useExperiment.setState(foldEvents(useExperiment.getState(), [found]));
  });
  expect(said()).toBe('');
  act(() => {
    setField('model.id', id);
  });
  expect(said()).toContain('3.0e-6');
});
