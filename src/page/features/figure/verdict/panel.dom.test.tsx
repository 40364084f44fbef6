import { act, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_EXPERIMENT } from '../../../../runtime/experimentState';
import { show } from '../../../../testing/component';
import { smallRecord } from '../../../../testing/smallRecord';
import { useExperiment } from '../../../state/run/experiment';
import { NOTHING_INSPECTED, setHistory, useInspection } from '../../../state/session/inspection';
import { setView, useView } from '../../../state/view/view';
import { Verdict } from './Verdict';
import { verdictOf } from '../../../../readings/verdict/verdict';

describe('the verdict', () => {
  const takeUser = vi.fn();
  const record = { ...smallRecord(), complete: true };
  beforeEach(() => {
    takeUser.mockClear();
    useInspection.setState(NOTHING_INSPECTED);
    setView({ step: null, centre: 'figure' });
    useExperiment.setState({
      ...EMPTY_EXPERIMENT,
      record,
      source: 'file',
      device: { state: 'ready', adapter: {} as never },
    });
  });
  const shown = (): (string | null)[] => screen.getAllByRole('definition').map(({ textContent }) => textContent);

  it('says what the record shows at the displayed step, and what it does not show', () => {
    show(<Verdict />, { inspection: { takeUser } });
    const last = verdictOf(record, null)!;
    expect(shown()).toEqual(last.sentences.map(({ text }) => text));
    screen.getByText(last.when);
    expect(screen.getByRole('region', { name: 'Verdict' }).textContent).toContain(last.limits.join(' '));
    act(() => {
      setView({ step: 0 });
    });
    const first = verdictOf(record, 0);
    if (first === null) expect(screen.queryByRole('region', { name: 'Verdict' })).toBeNull();
    else expect(shown()).toEqual(first.sentences.map(({ text }) => text));
  });

  it('leads to the inspector, with the figure’s history if none was built', async () => {
    const user = show(<Verdict />, { inspection: { takeUser } });
    const ask = screen.getByRole('button', { name: 'Ask the base model' });
    await user.click(ask);
    expect(useView.getState().centre).toBe('inspector');
    expect(takeUser.mock.calls.map(([whom]: unknown[]) => whom)).toEqual([record.probes[0]!.user]);
    act(() => {
      setHistory([{ item: 1, title: 'kettle', category: '', pixels: null }]);
    });
    await user.click(ask);
    expect(takeUser).toHaveBeenCalledTimes(1);
  });
});
