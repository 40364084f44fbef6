/** A user's progress: what the browser stores, and how answers change it. No names, no times. Pure. */
import { z } from 'zod';
import { LESSON_IDS, type LessonId } from './lesson';
import { verbatim } from '../recipe/texts';

const lessonProgressSchema = z.object({
  /** The last step shown, counted from 0. */
  step: z.number().int().min(0),
  done: z.boolean(),
  /** Options chosen, by question, in the order in which they were tried. */
  chosen: z.record(verbatim(), z.array(z.number().int().min(0))),
  /** Values drawn by step; null if a prediction was skipped. */
  drawn: z.record(verbatim(), z.array(z.number()).nullable()),
});
export type LessonProgress = z.infer<typeof lessonProgressSchema>;

/** Options chosen for the quiz's items, in order; null if none was chosen. */
const sittingSchema = z.array(z.number().int().min(0).nullable());

export const progressSchema = z.object({
  version: z.literal(1),
  lessons: z.partialRecord(z.enum(LESSON_IDS), lessonProgressSchema),
  /** Challenges that a run has met. */
  met: z.array(verbatim()),
  quiz: z.object({ before: sittingSchema.nullable(), after: sittingSchema.nullable() }),
});
export type Progress = z.infer<typeof progressSchema>;

export const NO_PROGRESS: Progress = { version: 1, lessons: {}, met: [], quiz: { before: null, after: null } };

/** Progress from storage; none if it cannot be read. */
export function readProgress(stored: unknown): Progress {
  const parsed = progressSchema.safeParse(stored);
  return parsed.success ? parsed.data : NO_PROGRESS;
}

const NOT_BEGUN: LessonProgress = { step: 0, done: false, chosen: {}, drawn: {} };

export function progressOf({ lessons }: Progress, lesson: LessonId): LessonProgress {
  return lessons[lesson] ?? NOT_BEGUN;
}

function change(progress: Progress, lesson: LessonId, part: Partial<LessonProgress>): Progress {
  return { ...progress, lessons: { ...progress.lessons, [lesson]: { ...progressOf(progress, lesson), ...part } } };
}

export function atStep(progress: Progress, lesson: LessonId, step: number): Progress {
  return change(progress, lesson, { step });
}

export function finished(progress: Progress, lesson: LessonId): Progress {
  return change(progress, lesson, { done: true });
}

export function chose(progress: Progress, lesson: LessonId, question: string, option: number): Progress {
  const { chosen } = progressOf(progress, lesson);
  const before = chosen[question] ?? [];
  return before.includes(option)
    ? progress
    : change(progress, lesson, { chosen: { ...chosen, [question]: [...before, option] } });
}

/** @param values null if the prediction was skipped */
export function drew(progress: Progress, lesson: LessonId, step: string, values: readonly number[] | null): Progress {
  const { drawn } = progressOf(progress, lesson);
  return change(progress, lesson, { drawn: { ...drawn, [step]: values && [...values] } });
}

/** Restarts a lesson: its answers are forgotten, but not that it was finished. */
export function again(progress: Progress, lesson: LessonId): Progress {
  return change(progress, lesson, { step: 0, chosen: {}, drawn: {} });
}

export function met(progress: Progress, challenge: string): Progress {
  return progress.met.includes(challenge) ? progress : { ...progress, met: [...progress.met, challenge] };
}

export type Sitting = 'before' | 'after';

export function sat(progress: Progress, sitting: Sitting, answers: readonly (number | null)[] | null): Progress {
  return { ...progress, quiz: { ...progress.quiz, [sitting]: answers && [...answers] } };
}
