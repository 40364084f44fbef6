import { act, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { gridSchema } from '../../../experiment/grid/gridSpec';
import { runSpecSchema, USUAL_HUB } from '../../../recipe/runSpec';
import { show } from '../../../testing/component';
import { TRAINING } from '../actions/training';
import { useAction } from '../actions/useActions';
import { AgreedHubs } from '../../features/recipe/models/AgreedHubs';
import { newHub, revoke, useHubs } from '../../state/kept/hubs';
import { keepGrid, useGrid } from '../../state/grid/gridState';
import { setField, setRecipe, useRecipe } from '../../state/recipe/recipe';
import { HubNotice } from './HubNotice';

const MIRROR = 'http://mirror.test:8080';

function Hindrance() {
  return <output>{useAction(TRAINING, 'run').hindrance}</output>;
}

/** A recipe as it would come from a link, a recipe file or a run. */
function take(baseUrl: string, id = 'some/model'): void {
  setRecipe('quick', runSpecSchema.parse({ model: { id, baseUrl } }));
}

beforeEach(() => {
  for (const origin of useHubs.getState().agreed) revoke(origin);
  useGrid.setState({ kept: null, plan: null });
});

describe('a recipe that names another hub', () => {
  it('is asked about, and cannot run before the answer, which is remembered and can be revoked', async () => {
    take(`${MIRROR}/hf`);
    const user = show(
      <>
        <HubNotice />
        <AgreedHubs />
        <Hindrance />
      </>,
    );
    const question = screen.getByRole('status', { name: 'Another hub' });
    expect(question.textContent).toContain(`${MIRROR}, not the usual hub`);
    expect(question.textContent).toContain('the files of some/model at main');
    const hindrance = document.querySelector('output')!;
    expect(hindrance.textContent).toBe('Answer the question about mirror.test:8080 first.');

    await user.click(screen.getByRole('button', { name: 'Use it' }));
    expect(screen.queryByRole('status', { name: 'Another hub' })).toBeNull();
    expect(hindrance.textContent).toBe('');
    expect(JSON.parse(localStorage.getItem('karma-hubs')!)).toEqual([MIRROR]);
    expect(newHub({ id: 'other/model', revision: 'main', baseUrl: MIRROR })).toBeNull();
    // Another port or scheme means another server.
    expect(newHub({ id: 'a/b', revision: 'main', baseUrl: 'https://mirror.test:8080' })).toBe('https://mirror.test:8080');

    await user.click(screen.getByText(/^Hubs approved on this device/));
    await user.click(screen.getByRole('button', { name: 'Revoke mirror.test:8080' }));
    expect(screen.getByRole('status', { name: 'Another hub' })).not.toBeNull();
    await user.click(screen.getByRole('button', { name: 'Keep the usual hub' }));
    expect(useRecipe.getState().draft.model.baseUrl).toBe(USUAL_HUB);
    expect([screen.queryByRole('status', { name: 'Another hub' }), hindrance.textContent]).toEqual([null, '']);
  });

  it('is not asked about for the default hub, the built-in model and dropped models', () => {
    for (const [baseUrl, id] of [
      [USUAL_HUB, 'some/model'],
      [MIRROR, 'wordnet-1m'],
      [MIRROR, 'local:mine'],
    ] as const)
      expect(newHub({ id, revision: 'main', baseUrl }), id).toBeNull();
  });

  it('is asked about if the grid names it, and the grid keeps its jobs with the default hub', async () => {
    const base = runSpecSchema.parse({ model: { id: 'some/model', baseUrl: MIRROR, precision: 'f32' } });
    const grid = gridSchema.parse({ base, arms: ['action'], seeds: [0, 1] });
    setField('model.baseUrl', USUAL_HUB);
    keepGrid({
      grid,
      log: 'sample',
      logTitle: 'sample',
      order: [],
      cancelled: [],
      baseline: null,
      failures: {},
      diverged: {},
      notes: '',
    });
    const ids = useGrid.getState().plan!.jobs.map(({ id }) => id);
    const user = show(<HubNotice />);
    await user.click(screen.getByRole('button', { name: 'Keep the usual hub' }));
    act(() => undefined);
    const { jobs } = useGrid.getState().plan!;
    expect(jobs.map(({ id, spec }) => [id, spec.model.baseUrl])).toEqual(ids.map((id) => [id, USUAL_HUB]));
    expect(screen.queryByRole('status', { name: 'Another hub' })).toBeNull();
  });
});
