/**
 * Every lesson against the recorded runs that the site ships: no fact is missing, no state unknown, no claim
 * false.
 */
import { describe, expect, it } from 'vitest';
import { findMeasure } from '../measures/measures';
import { runSpecSchema } from '../recipe/runSpec';
import { shippedBytes, shippedEvidence } from '../testing/shippedEvidence';
import { curveOf } from './curve';
import type { Evidence } from './evidence';
import {
  isRight,
  LESSON_IDS,
  needsSweep,
  runsOf,
  type FigureState,
  type Lesson,
  type LessonQuestion,
  type LessonStep,
} from './lesson';
import { withLineSigns } from '../readings/format';
import { writtenTexts, type WrittenText } from '../readings/verdict/writtenTexts';
import { LESSONS } from './lessons';
import { piecesOf, plainText, say, type Paragraph, type LessonWords } from './words';
import { above, constant, final, hitDifference } from './quantities';
import { claim, fact, paragraphWords } from './words';

const evidence = shippedEvidence();
const nothing: Evidence = { runs: new Map(), sweep: null };

function questionsOf({ predict, check }: LessonStep): LessonQuestion[] {
  const asked = predict === undefined ? [] : [predict.kind === 'pick' ? predict.question : predict.why];
  return [...asked, ...(check ? [check] : [])];
}

function paragraphsOf(lesson: Lesson): Paragraph[] {
  const ofStep = (step: LessonStep): Paragraph[] => [
    ...step.says,
    ...(step.then ?? []),
    ...(step.offer ? [step.offer.says] : []),
    ...(step.predict && 'asks' in step.predict ? [step.predict.asks] : []),
    ...questionsOf(step).flatMap(({ asks, options }) => [asks, ...options.flatMap(({ text, answer }) => [text, answer])]),
  ];
  return [...lesson.goals, ...lesson.steps.flatMap(ofStep), lesson.takeAway, lesson.challenge];
}

function wordings(paragraph: Paragraph): LessonWords[] {
  return paragraph.kind === 'claim' ? [paragraph.says, paragraph.otherwise] : [paragraph];
}

/** The words of a text, without its placeholders and tags. */
function typedOf(words: LessonWords): string[] {
  return words.kind === 'said' && typeof words.text === 'string' ? [words.text.replace(/\{[^{}]*\}|<\/?\w+>/g, '')] : [];
}

describe('the lessons', () => {
  it('have unique IDs, in the order of a course', () => {
    const ids = LESSONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort((a, b) => LESSON_IDS.indexOf(a) - LESSON_IDS.indexOf(b))).toEqual(ids);
  });
  it('need at most 3 MB of recorded runs', () => {
    const runs = new Set(LESSONS.flatMap(runsOf));
    expect([...runs].reduce((sum, run) => sum + shippedBytes(run), 0)).toBeLessThanOrEqual(3e6);
  });
});

describe.each(LESSONS.map((lesson) => [lesson.id, lesson] as const))('%s', (_, lesson) => {
  const paragraphs = paragraphsOf(lesson);
  // The files that the page fetches for it.
  const fetched: Evidence = {
    runs: new Map([...evidence.runs].filter(([id]) => runsOf(lesson).includes(id))),
    sweep: needsSweep(lesson) ? evidence.sweep : null,
  };

  it('has five to seven steps, and unique IDs of steps and questions', () => {
    expect(lesson.steps.length).toBeGreaterThanOrEqual(5);
    expect(lesson.steps.length).toBeLessThanOrEqual(7);
    const ids = lesson.steps.map(({ id }) => id);
    const questions = lesson.steps.flatMap((step) => questionsOf(step).map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(questions).size).toBe(questions.length);
  });

  it('has no typed numbers in its texts', () => {
    const typed = [...paragraphs.flatMap(wordings).flatMap(typedOf), ...lesson.steps.map(({ title }) => title), lesson.title];
    expect(typed.filter((piece) => /\d/.test(piece))).toEqual([]);
  });

  it('finds every fact, even in the alternatives of claims', () => {
    const missing = paragraphs
      .flatMap(wordings)
      .flatMap((words) => piecesOf(words).map((piece) => ({ piece, words })))
      .filter(({ piece }) => typeof piece !== 'string' && piece.kind === 'fact' && piece.text(fetched) === null)
      .map(({ words }) => plainText(words, fetched));
    expect(missing).toEqual([]);
  });

  it('claims what the shipped runs show', () => {
    const wrong = paragraphs
      .filter((one) => one.kind === 'claim' && one.holds(fetched) !== true)
      .map((one) => plainText(paragraphWords(one, fetched), fetched));
    expect(wrong).toEqual([]);
  });

  it('has an alternative for unknown claims', () => {
    for (const one of paragraphs) if (one.kind === 'claim') expect(paragraphWords(one, nothing)).toBe(one.otherwise);
  });

  it('has one correct answer to every question, by the shipped runs', () => {
    for (const question of lesson.steps.flatMap(questionsOf)) {
      const right = question.options.map((option) => isRight(option, fetched));
      expect([question.id, right]).toEqual([question.id, right.map((one) => one === true)]);
      expect([question.id, right.filter(Boolean).length]).toEqual([question.id, 1]);
      const texts = question.options.map(({ text }) => plainText(text, fetched));
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it.each(lesson.steps.map(({ id, figure }) => [id, figure] as const))(
    'sets the figure of %s to a state that exists',
    (__, state) => {
      expect(problemsOf(state)).toEqual([]);
    },
  );

  it('asks for measured curves, on axes that do not reveal them', () => {
    for (const { predict } of lesson.steps) {
      if (predict?.kind !== 'curve') continue;
      const curve = curveOf(fetched, predict)!;
      expect(curve.points.length).toBeGreaterThanOrEqual(4);
      const values = curve.points.map(({ y }) => y);
      expect(Math.max(...values)).toBeLessThan(curve.range[1]);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(curve.range[0]);
    }
  });

  it('offers recipes that can run', () => {
    for (const { offer } of lesson.steps) {
      if (offer !== undefined && offer.opens !== 'inspector') {
        expect(runSpecSchema.safeParse(offer.opens.spec).success).toBe(true);
        expect(new Set(offer.opens.spec.arms.map(({ id }) => id)).size).toBe(offer.opens.spec.arms.length);
      }
    }
  });

  it('quotes what models wrote after the prompt that its figure shows first', () => {
    for (const step of lesson.steps.filter(({ figure }) => figure.panels.includes('texts'))) {
      const record = fetched.runs.get(step.figure.run!)!;
      const read = paragraphsOf({ ...lesson, goals: [], steps: [step] }).map((one) =>
        plainText(paragraphWords(one, fetched), fetched),
      );
      const [shown, ...others] = writtenTexts(record, null, step.figure.prompt);
      const texts = ({ models }: WrittenText): string[] =>
        models.map(({ continuation }) => `“${withLineSigns(continuation.text).trim()}”`);
      const quoted = others
        .flatMap(texts)
        .filter((text) => !texts(shown!).includes(text) && read.some((one) => one.includes(text)));
      expect([step.id, quoted]).toEqual([step.id, []]);
    }
  });

  it('leaves “Right” and “Not this one” to the page, which says them before every answer', () => {
    const doubled = lesson.steps
      .flatMap(questionsOf)
      .flatMap(({ options }) => options.map(({ answer }) => plainText(paragraphWords(answer, fetched), fetched)))
      .filter((answer) => /^(Right|Yes|No|Wrong)\b/.test(answer));
    expect(doubled).toEqual([]);
  });

  it('names its runs', () => {
    expect(runsOf(lesson).length + Number(needsSweep(lesson))).toBeGreaterThan(0);
  });
});

function problemsOf(state: FigureState): string[] {
  const found: string[] = [];
  const expectKnown = (what: string, known: boolean): void => {
    if (!known) found.push(what);
  };
  const runPanels = state.panels.filter((panel) => panel !== 'sweep');
  expectKnown('a run for its panels', runPanels.length === 0 || state.run !== undefined);
  if (state.panels.includes('sweep')) {
    const lines = evidence.sweep?.lines.map(({ arm }) => arm) ?? [];
    for (const arm of state.arms ?? lines.slice(0, 1)) expectKnown(`line ${arm} of the sweep`, lines.includes(arm));
  }
  if (state.run === undefined) return found;
  const record = evidence.runs.get(state.run);
  if (record === undefined) return [`the run ${state.run}`];
  const { layers, heads, probes } = record.base.attention;
  expectKnown('an audit', !state.panels.includes('audit') || record.data.audit !== undefined);
  expectKnown('layer', (state.layer ?? 0) < layers);
  expectKnown('head', (state.head ?? 0) < heads);
  expectKnown('history', (state.history ?? 0) < probes);
  const ids = record.arms.map(({ id }) => id);
  for (const arm of state.arms ?? []) expectKnown(`arm ${arm}`, ids.includes(arm));
  if (state.step !== undefined)
    expectKnown(
      `step ${state.step}`,
      record.arms.some(({ attention }) => attention.some(({ step }) => step === state.step)),
    );
  expectKnown('K', state.k === undefined || record.spec.evaluation.ks.includes(state.k));
  for (const chart of state.charts ?? []) {
    const of = findMeasure(chart);
    expectKnown(
      `measure ${chart}`,
      record.arms.some(({ evaluations }) => evaluations.some((one) => (of?.of(one) ?? null) !== null)),
    );
  }
  return found;
}

describe('the check', () => {
  it('shows no bound of an interval that excludes 0 as 0', () => {
    const found = hitDifference('few', 'shuffled', 'action', 200);
    expect(found.interval(evidence)!.low).toBeGreaterThan(0);
    expect(found.text(evidence)).toContain('[0.01, ');
  });

  it('detects a false claim, a missing fact and a typed number', () => {
    const a = final('collapse', 'action', 'firstHalfSinkRate');
    const b = final('collapse', 'karma', 'firstHalfSinkRate');
    expect(above(a, b)(evidence)).toBe(true);
    expect(above(b, a)(evidence)).toBe(false);
    expect(above(a, b)(nothing)).toBeNull();
    const told = claim(above(b, a), say('higher'), say('not higher'));
    expect(plainText(paragraphWords(told, evidence), evidence)).toBe('not higher');
    expect(final('collapse', 'nobody', 'lmDrift').text(evidence)).toBeNull();
    expect(plainText(say('K is {n}, {name}', { n: constant(10), name: fact(() => null) }), evidence)).toBe('K is 10, …');
    expect(
      problemsOf({
        run: 'collapse',
        panels: ['attention'],
        layer: 4,
        step: 26,
        k: 7,
        arms: ['nobody'],
        charts: ['decodabilityGain' as never],
      }),
    ).toEqual(['layer', 'arm nobody', 'step 26', 'K', 'measure decodabilityGain']);
  });
});
