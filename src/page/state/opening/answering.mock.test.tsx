// @vitest-environment happy-dom
import { act, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PRESETS, type PresetId } from '../../../recipe/presets';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { show } from '../../../testing/component';
import { smallRecord } from '../../../testing/smallRecord';
import { setOpening } from './openingState';
import { answeringSentence, askLabel, recordedSentence, useAnswering, writingSentence } from './answering';
import { useExperiment } from '../run/experiment';
import { choosePreset } from '../recipe/recipe';

const site = vi.hoisted<{ arms: Record<string, readonly string[]> }>(() => ({ arms: {} }));
vi.mock('../../../recipe/recordedArms', () => ({ recordedArms: (preset: string) => site.arms[preset] ?? [] }));

/** Everything that the page says about which arms answer. */
function Said() {
  const answering = useAnswering();
  const lines = [
    recordedSentence(answering),
    answeringSentence(answering),
    writingSentence(answering, false),
    askLabel(answering),
  ];
  return lines.map((line, at) => (
    <p key={at} role="listitem">
      {line}
    </p>
  ));
}

const said = (): (string | null)[] => screen.getAllByRole('listitem').map(({ textContent }) => textContent);

/** Shows the recorded run of a preset, with the preset's recipe. */
function recordedRun(preset: PresetId): void {
  choosePreset(preset);
  const { spec } = PRESETS.find(({ id }) => id === preset)!;
  useExperiment.setState({ ...EMPTY_EXPERIMENT, record: { ...smallRecord(), spec }, source: 'recorded' });
  setOpening({ shown: preset, recorded: { state: 'loaded' } });
}

describe('which arms of a recorded run answer depends on the adapters that the site has', () => {
  beforeEach(() => {
    site.arms = { few: ['action', 'karma', 'shuffled'], collapse: ['action', 'karma'] };
  });

  it('all arms, some, none', () => {
    recordedRun('collapse');
    show(<Said />);
    expect(said()).toEqual([
      'Figure and inspector show its recorded run.',
      'The arms answer with the adapters of the recorded run, rounded to half precision or less.',
      'The arms write with the adapters of the recorded run, rounded to half precision or less.',
      'Ask both models',
    ]);
    act(() => {
      site.arms = { few: ['action'] };
      recordedRun('few');
    });
    expect(said()[0]).toBe(
      'The figure shows its recorded run. In the inspector Action answers; KARMA and Shuffled text would have to be trained here.',
    );
    expect(said()[1]).toMatch(/^Action answers with the adapters .* This site has none of KARMA and Shuffled text: /);
    expect(said()[2]).toMatch(/^Action writes with .* none of KARMA and Shuffled text\.$/);
    expect(said()[3]).toBe('Ask Action');
    act(() => {
      recordedRun('rank');
    });
    expect(said()[0]).toMatch(/^The figure shows its recorded run\. This site has no adapters of it/);
    expect(said()[1]).toMatch(/^Only the base model and item-kNN answer: this site has no adapters of the recorded run\./);
    expect(said()[2]).toMatch(/only its base model can write/);
    expect(said()[3]).toBe('Ask the base model');
  });

  it('all arms of a run trained here answer, but none of a run file', () => {
    const record = smallRecord();
    useExperiment.setState({ ...EMPTY_EXPERIMENT, record, source: 'live' });
    show(<Said />);
    expect(said()[1]).toBe('Trained here, and answering: Action and KARMA.');
    act(() => {
      useExperiment.setState({ record, source: 'file', trained: [] });
    });
    expect(said()[1]).toMatch(/^Only the base model and item-kNN answer: a run record has no adapters/);
    expect(said()[3]).toBe('Ask the base model');
  });
});
