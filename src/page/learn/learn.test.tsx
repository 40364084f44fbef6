// @vitest-environment happy-dom
/** Lessons as a person goes through them: drawing with keys, revealing, answering, coming back. */
import { act, render, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { curveOf, type Drawn } from '../../learn/curve';
import { LESSONS } from '../../learn/lessons';
import { NO_PROGRESS, progressOf } from '../../learn/progress';
import { show } from '../../testing/component';
import { shippedEvidence } from '../../testing/shippedEvidence';
import { exhibit, useExhibit } from '../state/exhibit';
import { setView, useView } from '../state/view';
import { CurveDrawing } from './CurveDrawing';
import { useRuns } from './evidenceState';
import { useLearn } from './learnState';
import { LearnView } from './LearnView';

const evidence = shippedEvidence();
const lesson = LESSONS.find(({ id }) => id === 'collapse')!;

vi.mock('../../charts/axes/useWidth', () => ({ useWidth: () => [{ current: null }, 600] }));

beforeEach(() => {
  localStorage.clear();
  useLearn.setState({ place: { kind: 'home' }, progress: NO_PROGRESS, kept: true });
  useRuns.setState({ runs: new Map([...evidence.runs].map(([id, record]) => [id, { state: 'here', record }])) });
  setView({ centre: 'learn', layer: 2, head: 1, step: 50, recipeOpen: true });
  exhibit(null);
  history.replaceState(null, '', '/');
});

describe('drawing with keys', () => {
  const predict = lesson.steps[0]!.predict!;
  const curve = predict.kind === 'curve' ? curveOf(evidence, predict)! : null;
  it('moves from point to point and up and down, joins them, and leaves the given one alone', async () => {
    let drawn: Drawn = curve!.points.map(({ y }, i) => (i === 0 ? y : null));
    const onDraw = (next: Drawn): void => {
      drawn = next;
    };
    const user = show(<CurveDrawing curve={curve!} drawn={drawn} onDraw={onDraw} revealed={false} />);
    const sliders = screen.getAllByRole('slider');
    expect(sliders).toHaveLength(curve!.points.length - 1);
    expect(sliders.map((one) => one.getAttribute('tabindex'))).toEqual(['0', ...sliders.slice(1).map(() => '-1')]);
    act(() => {
      sliders[0]!.focus();
    });
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(document.activeElement).toBe(sliders[2]);
    await user.keyboard('{PageUp}');
    const start = curve!.points[0]!.y;
    expect(drawn[3]).toBeCloseTo(start + 0.25, 2);
    expect(drawn[1]).toBeCloseTo(start + 0.25 / 3, 2);
    expect([drawn[0], drawn[4]]).toEqual([start, null]);
  });
  it('ends when the measured curve is there', () => {
    show(<CurveDrawing curve={curve!} drawn={curve!.points.map(() => 0.5)} onDraw={vi.fn()} revealed />);
    expect(screen.queryAllByRole('slider')).toEqual([]);
  });
});

describe('a lesson', () => {
  it('opens from the list, hides the figure until it is predicted, and keeps what was drawn', async () => {
    const user = show(<LearnView />);
    await user.click(screen.getByRole('button', { name: `Begin ${lesson.title}` }));
    expect(location.search).toBe('?lesson=collapse&step=1');
    expect(screen.queryByRole('figure')).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Reveal' }).disabled).toBe(true);
    act(() => {
      screen.getAllByRole('slider')[0]!.focus();
    });
    await user.keyboard('{PageUp}');
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    expect(
      screen
        .getAllByRole('status')
        .map(({ textContent }) => textContent)
        .join(' '),
    ).toMatch(/On average you were .* away/);
    screen.getByRole('figure', { name: 'Collapse measures' });
    const kept = useLearn.getState().progress.lessons.collapse?.drawn['predict-sinks'];
    expect(kept).toHaveLength(9);
    expect(JSON.parse(localStorage.getItem('karma-learn')!)).toEqual(useLearn.getState().progress);
  });

  it('shows the run of its step with its arms, and gives back what was looked at', () => {
    history.replaceState(null, '', '/?lesson=collapse&step=2');
    const before = useView.getState();
    const { unmount } = render(<LearnView />);
    expect(useExhibit.getState().record?.arms.map(({ id }) => id)).toEqual(['action']);
    expect(useView.getState()).toMatchObject({ layer: 1, head: 3, step: null, recipeOpen: false });
    act(unmount);
    expect(useExhibit.getState().record).toBeNull();
    expect(useView.getState()).toEqual(before);
    expect(location.search).toBe('');
  });

  it('answers every option with its own words', async () => {
    history.replaceState(null, '', '/?lesson=collapse&step=2');
    const user = show(<LearnView />);
    const question = screen.getByRole('group', { name: /Which picture shows/ });
    const [right, wrong] = within(question).getAllByRole('button');
    await user.click(wrong!);
    expect(within(question).getByRole('status').textContent).toContain('Not this one.');
    await user.click(right!);
    expect(within(question).getByRole('status').textContent).toContain('Right.');
    expect(progressOf(useLearn.getState().progress, 'collapse').chosen['read-barcode']).toEqual([1, 0]);
  });

  it('is taken up where it was left, and finished behind its last step', async () => {
    useLearn.setState({ progress: { ...NO_PROGRESS, lessons: { collapse: { step: 5, done: false, chosen: {}, drawn: {} } } } });
    const user = show(<LearnView />);
    await user.click(screen.getByRole('button', { name: `Go on with ${lesson.title}` }));
    screen.getByRole('heading', { name: lesson.steps[5]!.title });
    await user.click(screen.getAllByRole('button', { name: 'Finish' })[0]!);
    expect(document.activeElement?.textContent).toBe('What to take away');
    expect(progressOf(useLearn.getState().progress, 'collapse').done).toBe(true);
    await user.click(screen.getByRole('button', { name: 'Once more' }));
    expect(location.search).toBe('?lesson=collapse&step=1');
    expect(progressOf(useLearn.getState().progress, 'collapse')).toEqual({ step: 0, done: true, chosen: {}, drawn: {} });
  });

  it('says where progress is not kept', async () => {
    const refuse = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    const user = show(<LearnView />);
    await user.click(screen.getByRole('button', { name: `Begin ${lesson.title}` }));
    await user.click(screen.getAllByRole('button', { name: 'Next' })[0]!);
    await user.click(screen.getByRole('button', { name: 'All lessons' }));
    screen.getByText(/Progress is not kept/);
    vi.unstubAllGlobals();
  });

  it('says why a run could not be had, and asks again', async () => {
    history.replaceState(null, '', '/?lesson=collapse&step=3');
    useRuns.setState({ runs: new Map() });
    const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'));
    const user = show(<LearnView />);
    expect((await screen.findByRole('alert')).textContent).toContain('Collapse could not be had. no network');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(fetched).toHaveBeenCalledTimes(2);
    fetched.mockRestore();
  });
});
