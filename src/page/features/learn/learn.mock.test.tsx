// @vitest-environment happy-dom
/** Lessons as a user goes through them: drawing with keys, revealing, answering, returning. */
import { act, render, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { curveOf, type DrawnCurve } from '../../../learn/curve';
import { LESSONS } from '../../../learn/lessons';
import { NO_PROGRESS, progressOf } from '../../../learn/progress';
import { QUIZ } from '../../../learn/quiz';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { show } from '../../../testing/component';
import { shippedEvidence } from '../../../testing/shippedEvidence';
import { exhibit, useExhibit } from '../../state/run/exhibit';
import { useExperiment } from '../../state/run/experiment';
import { useRecipe } from '../../state/recipe/recipe';
import { setView, useView } from '../../state/view/view';
import { useShippedSweeps } from '../../state/opening/shippedSweep';
import { CurveDrawing } from './CurveDrawing';
import { useEvidenceRuns } from './evidenceState';
import { useLearn } from './learnState';
import { Lessons } from '../../shell/Lessons';

const evidence = shippedEvidence();
const lesson = LESSONS.find(({ id }) => id === 'collapse')!;

vi.mock('../../../charts/axes/useWidth', () => ({ useWidth: () => [{ current: null }, 600] }));

beforeEach(() => {
  localStorage.clear();
  useLearn.setState({ place: { kind: 'home' }, progress: NO_PROGRESS, kept: true });
  useEvidenceRuns.setState({ runs: new Map([...evidence.runs].map(([id, record]) => [id, { state: 'here', record }])) });
  setView({ centre: 'learn', layer: 2, head: 1, step: 50, recipeOpen: true });
  exhibit(null);
  history.replaceState(null, '', '/');
});

describe('drawing with keys', () => {
  const predict = lesson.steps[0]!.predict!;
  const curve = predict.kind === 'curve' ? curveOf(evidence, predict)! : null;
  it('moves from point to point and up and down, connects points, and leaves the given one alone', async () => {
    let drawn: DrawnCurve = curve!.points.map(({ y }, i) => (i === 0 ? y : null));
    const onDraw = (next: DrawnCurve): void => {
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
    const user = show(<Lessons />);
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

  it('shows its step’s run and arms, and restores the earlier view', () => {
    history.replaceState(null, '', '/?lesson=collapse&step=2');
    const before = useView.getState();
    const { unmount } = render(<Lessons />);
    expect(useExhibit.getState().record?.arms.map(({ id }) => id)).toEqual(['action']);
    expect(useView.getState()).toMatchObject({ layer: 1, head: 3, step: null, recipeOpen: true });
    act(unmount);
    expect(useExhibit.getState().record).toBeNull();
    expect(useView.getState()).toEqual(before);
    expect(location.search).toBe('');
  });

  it('has its own response to every option', async () => {
    history.replaceState(null, '', '/?lesson=collapse&step=2');
    const user = show(<Lessons />);
    const question = screen.getByRole('group', { name: /Which picture shows/ });
    const [right, wrong] = within(question).getAllByRole('button');
    await user.click(wrong!);
    expect(within(question).getByRole('status').textContent).toContain('Not this one.');
    await user.click(right!);
    expect(within(question).getByRole('status').textContent).toContain('Right.');
    expect(progressOf(useLearn.getState().progress, 'collapse').chosen['read-barcode']).toEqual([1, 0]);
  });

  it('offers what to try where WebGPU is, and nothing elsewhere', async () => {
    history.replaceState(null, '', '/?lesson=text&step=5');
    useExperiment.setState({ device: { state: 'missing', failure: new Error('none') as never } });
    const { unmount } = render(<Lessons />);
    expect(screen.queryByRole('button', { name: 'Open the recipe' })).toBeNull();
    unmount();
    useExperiment.setState({ device: { state: 'probing' } });
    history.replaceState(null, '', '/?lesson=text&step=5');
    const user = show(<Lessons />);
    await user.click(screen.getByRole('button', { name: 'Open the recipe' }));
    expect(useView.getState().centre).toBe('try');
    expect(useRecipe.getState().draft.arms.map(({ id }) => id)).toEqual(['action', 'karma', 'gen', 'rec', 'l2']);
  });

  it('is resumed where it was left, and finished after its last step', async () => {
    const last = lesson.steps.length - 1;
    useLearn.setState({
      progress: { ...NO_PROGRESS, lessons: { collapse: { step: last, done: false, chosen: {}, drawn: {} } } },
    });
    const user = show(<Lessons />);
    await user.click(screen.getByRole('button', { name: `Go on with ${lesson.title}` }));
    screen.getByRole('heading', { name: lesson.steps[last]!.title });
    await user.click(screen.getAllByRole('button', { name: 'Finish' })[0]!);
    expect(document.activeElement?.textContent).toBe('What to take away');
    expect(progressOf(useLearn.getState().progress, 'collapse').done).toBe(true);
    await user.click(screen.getByRole('button', { name: 'Once more' }));
    expect(location.search).toBe('?lesson=collapse&step=1');
    expect(progressOf(useLearn.getState().progress, 'collapse')).toEqual({ step: 0, done: true, chosen: {}, drawn: {} });
  });

  it('presented: a remote control always moves on, arrow keys unless what has the focus uses them', async () => {
    history.replaceState(null, '', '/?lesson=collapse&step=3');
    const user = show(<Lessons />);
    const step = (): string | null => new URLSearchParams(location.search).get('step');
    await user.click(screen.getByRole('button', { name: 'Present' }));
    const focus = (one: HTMLElement): void => {
      act(() => {
        one.focus();
      });
    };
    // The grid of heads reads its cells with arrow keys; a select changes its value.
    focus(screen.getAllByRole('grid')[0]!);
    await user.keyboard('{ArrowRight}{ArrowLeft}{ArrowLeft}');
    expect(step()).toBe('3');
    await user.keyboard('{PageDown}');
    expect(step()).toBe('4');
    await user.keyboard('{PageUp}');
    focus(screen.getByLabelText('Layer'));
    await user.keyboard('{ArrowRight}');
    expect(step()).toBe('3');
    await user.keyboard('{PageUp}');
    expect(step()).toBe('2');
    focus(document.body);
    await user.keyboard('{ArrowRight}');
    expect(step()).toBe('3');
    await user.keyboard('{Escape}');
    screen.getByRole('button', { name: 'Present' });
  });

  it('says if progress is not stored', async () => {
    const refuse = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    const user = show(<Lessons />);
    await user.click(screen.getByRole('button', { name: `Begin ${lesson.title}` }));
    await user.click(screen.getAllByRole('button', { name: 'Next' })[0]!);
    await user.click(screen.getByRole('button', { name: 'All lessons' }));
    screen.getByText(/Progress is not kept/);
    vi.unstubAllGlobals();
  });

  it('says why a run could not be loaded, and requests it again', async () => {
    history.replaceState(null, '', '/?lesson=collapse&step=3');
    useEvidenceRuns.setState({ runs: new Map() });
    const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'));
    const user = show(<Lessons />);
    const alerts = await screen.findAllByRole('alert');
    expect(alerts.map(({ textContent }) => textContent)).toEqual([
      'The recorded run Collapse could not be had. no network Try again',
      'The recorded run A real LLM could not be had. no network Try again',
    ]);
    await user.click(screen.getAllByRole('button', { name: 'Try again' })[0]!);
    expect(fetched).toHaveBeenCalledTimes(3);
    fetched.mockRestore();
  });
});

it('a handout says what it still waits for, or could not have, and is not printed before', async () => {
  history.replaceState(null, '', '/?lesson=handout&plan=20');
  useEvidenceRuns.setState({ runs: new Map() });
  let fail: (reason: Error) => void;
  const answer = new Promise<Response>((_, reject) => {
    fail = reject;
  });
  const fetched = vi.spyOn(globalThis, 'fetch').mockReturnValue(answer);
  show(<Lessons />);
  const print = screen.getByRole<HTMLButtonElement>('button', { name: 'Print' });
  await screen.findByText('Loading the recorded run…');
  expect(print.disabled).toBe(true);
  fail!(new Error('no network'));
  await screen.findAllByText(/could not be had\. no network/);
  expect(print.disabled).toBe(false);
  fetched.mockRestore();
});

describe('challenges', () => {
  const collapsed = evidence.runs.get('collapse')!;
  it('are checked on the run on the page, and met only by one’s own run', () => {
    history.replaceState(null, '', '/?lesson=challenges');
    useExperiment.setState({ ...EMPTY_EXPERIMENT, record: collapsed, source: 'recorded' });
    show(<Lessons />);
    const task = screen.getByRole('listitem', { name: 'Break it' });
    within(task).getByText('The run on the page meets it');
    expect(within(task).getByText(/Item-sink rate of Action/).textContent).toMatch(/0\.\d{3}, base model 0\.\d{3}/);
    expect(useLearn.getState().progress.met).toEqual([]);
    act(() => {
      useExperiment.setState({ source: 'live', phase: 'finished' });
    });
    expect(useLearn.getState().progress.met).toContain('break');
    expect(useLearn.getState().progress.met).not.toContain('no-text');
    within(task).getByText('met by a run of yours');
  });

  it('open a recipe that meets them beside the figure, on the open log', async () => {
    history.replaceState(null, '', '/?lesson=challenges');
    useExperiment.setState(EMPTY_EXPERIMENT);
    const { draft } = useRecipe.getState();
    useRecipe.setState({ draft: { ...draft, data: { ...draft.data, id: 'mine.csv' } } });
    const user = show(<Lessons />);
    const task = screen.getByRole('listitem', { name: 'Without any text' });
    await user.click(within(task).getByText('Hints and a solution'));
    await user.click(within(task).getByRole('button', { name: 'Open a recipe that does it' }));
    const { presetId, draft: opened } = useRecipe.getState();
    expect([presetId, opened.arms.map(({ id }) => id), opened.data.id]).toEqual([
      'strong',
      ['action', 'karma', 'shuffled', 'kl', 'random-target'],
      'mine.csv',
    ]);
    expect(useView.getState()).toMatchObject({ centre: 'try', recipeOpen: true });
  });
});

describe('the quiz', () => {
  it('is scored on the device, before and after, and names remaining misconceptions', async () => {
    history.replaceState(null, '', '/?lesson=quiz');
    const user = show(<Lessons />);
    const part = (name: string) => within(screen.getByRole('region', { name }));
    await user.click(part('Before the lessons').getByRole('button', { name: 'Begin' }));
    await user.click(screen.getByRole('button', { name: `Finish, ${QUIZ.length} unanswered` }));
    part('Before the lessons').getByText(`0 of ${QUIZ.length} right.`);
    await user.click(part('After the lessons').getByRole('button', { name: 'Begin' }));
    for (const [i, group] of screen.getAllByRole('group').entries()) {
      const { right } = QUIZ[i]!;
      // All but the first.
      await user.click(within(group).getAllByRole('radio')[i === 0 ? 0 : right]!);
    }
    await user.click(screen.getByRole('button', { name: 'Finish' }));
    part('After the lessons').getByText(`${QUIZ.length - 1} of ${QUIZ.length} right.`);
    expect(
      part('After the lessons')
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual([expect.stringContaining(QUIZ[0]!.misconception)]);
    expect(useLearn.getState().progress.quiz.before).toEqual(QUIZ.map(() => null));
  });
});

describe('placing seeds', () => {
  it('moves one with keys, states the distance, and asks why', async () => {
    useShippedSweeps.setState({ shipped: { state: 'here', sweep: evidence.sweep! } });
    history.replaceState(null, '', '/?lesson=seeds&step=1');
    const user = show(<Lessons />);
    const sliders = screen.getAllByRole('slider');
    expect(sliders).toHaveLength(9);
    const before = Number(sliders[1]!.getAttribute('aria-valuenow'));
    act(() => {
      sliders[1]!.focus();
    });
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(Number(sliders[1]!.getAttribute('aria-valuenow'))).toBeCloseTo(before + 0.002, 4);
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    screen.getByText(/your seeds were .* points away on average/);
    screen.getByRole('group', { name: /Why do the seeds differ/ });
    expect(screen.getByRole('figure', { name: 'Over the learning rate' })).toBeDefined();
  });
});
