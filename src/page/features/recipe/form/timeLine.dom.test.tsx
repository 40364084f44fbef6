import { act } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { runSpecSchema } from '../../../../recipe/runSpec';
import { EMPTY_EXPERIMENT } from '../../../../runtime/experimentState';
import { show } from '../../../../testing/component';
import { smallRecord } from '../../../../testing/smallRecord';
import type { Session } from '../../../state/session/session';
import { SessionContext } from '../../../state/session/SessionContext';
import { useExperiment } from '../../../state/run/experiment';
import { setRecipe } from '../../../state/recipe/recipe';
import { TimeLine } from './TimeLine';

beforeEach(() => {
  useExperiment.setState({ ...EMPTY_EXPERIMENT, device: { state: 'ready', adapter: smallRecord().adapter } });
  setRecipe('quick', runSpecSchema.parse({ training: { steps: 100 } }));
});

it('says what is told of a run, that it is coming, or that nothing is known', () => {
  show(
    <SessionContext.Provider value={{} as Session}>
      <TimeLine />
    </SessionContext.Provider>,
  );
  const said = (): string => document.body.textContent;
  const tell = (time: ReturnType<typeof useExperiment.getState>['time']): void => {
    act(() => {
      useExperiment.setState({ time });
    });
  };
  expect(said()).toMatch(/not known/);
  tell('coming');
  expect(said()).toMatch(/measuring how fast this device is/);
  tell({ steps: { action: 0.2, karma: 0.3 }, evaluation: 21, sasrec: 0 });
  expect(said()).toMatch(/about 50 s for the steps and 21 s for evaluation/);
  tell({ steps: { action: 0.2, karma: 0.3 }, evaluation: null, sasrec: 0 });
  expect(said()).toMatch(/about 50 s for the steps, .*evaluation are extra/);
  expect(said()).not.toContain('SASRec');
  act(() => {
    setRecipe('quick', runSpecSchema.parse({ training: { steps: 100 }, evaluation: { sasrecSteps: 500 } }));
  });
  tell({ steps: { action: 0.2, karma: 0.3 }, evaluation: null, sasrec: 300 });
  expect(said()).toMatch(/about 50 s for the steps.*SASRec-size baseline before the arms takes at most 5 min/);
});
