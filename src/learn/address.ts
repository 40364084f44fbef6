/** The place in *Learn* as a URL's query: `?lesson=collapse&step=3`, with steps counted from 1. Pure. */
import { LESSON_IDS, type LessonId } from './lesson';

/** Lesson plans, by minutes. */
export const PLAN_IDS = ['20', '50', '90', 'seminar'] as const;
export type PlanId = (typeof PLAN_IDS)[number];

export type LearnAddress =
  | { readonly kind: 'home' }
  | { readonly kind: 'challenges' }
  | { readonly kind: 'quiz' }
  /** Pages for teachers. */
  | { readonly kind: 'teach' }
  /** A printed handout of a plan's questions, for the class or with answers. */
  | { readonly kind: 'handout'; readonly plan: PlanId; readonly answers: boolean }
  /** A null step means where the user left off. */
  | { readonly kind: 'lesson'; readonly lesson: LessonId; readonly step: number | null };

/** @param search as in `location.search` @returns null if it does not refer to lessons */
export function readPlace(search: string): LearnAddress | null {
  const parts = new URLSearchParams(search);
  const named = parts.get('lesson');
  if (named === null) return null;
  if (named === 'challenges' || named === 'quiz' || named === 'teach') return { kind: named };
  if (named === 'handout') {
    const plan = PLAN_IDS.find((id) => id === parts.get('plan'));
    return plan === undefined ? { kind: 'teach' } : { kind: 'handout', plan, answers: parts.get('answers') === 'yes' };
  }
  const lesson = LESSON_IDS.find((id) => id === named);
  if (lesson === undefined) return { kind: 'home' };
  const step = Number(parts.get('step') ?? Number.NaN);
  return { kind: 'lesson', lesson, step: Number.isInteger(step) && step >= 1 ? step - 1 : null };
}

/** The query with its `?`. Other parameters are unchanged. @param place null to leave the lessons */
export function writePlace(search: string, place: LearnAddress | null): string {
  const parts = new URLSearchParams(search);
  for (const name of ['lesson', 'step', 'plan', 'answers']) parts.delete(name);
  if (place?.kind === 'home') parts.set('lesson', 'all');
  else if (place !== null && place.kind !== 'lesson') parts.set('lesson', place.kind);
  if (place?.kind === 'handout') {
    parts.set('plan', place.plan);
    if (place.answers) parts.set('answers', 'yes');
  }
  if (place?.kind === 'lesson') {
    parts.set('lesson', place.lesson);
    if (place.step !== null) parts.set('step', String(place.step + 1));
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}
