/** Where in *Learn* a person is, as the query of an address: `?lesson=collapse&step=3`. Steps count from 1 there. Pure. */
import { LESSON_IDS, type LessonId } from './lesson';

/** Plans of a class, by its minutes. */
export const PLAN_IDS = ['20', '50', '90', 'seminar'] as const;
export type PlanId = (typeof PLAN_IDS)[number];

export type Place =
  | { readonly kind: 'home' }
  | { readonly kind: 'challenges' }
  | { readonly kind: 'quiz' }
  /** What a teacher needs. */
  | { readonly kind: 'teach' }
  /** The questions of a plan on paper, for the class or with their answers. */
  | { readonly kind: 'handout'; readonly plan: PlanId; readonly answers: boolean }
  /** A null step is where the person was. */
  | { readonly kind: 'lesson'; readonly lesson: LessonId; readonly step: number | null };

/** @param search as `location.search` has it @returns null if it does not speak of lessons */
export function readPlace(search: string): Place | null {
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

/** The query with its `?`. Other parameters stay as they are. @param place null where lessons are left */
export function writePlace(search: string, place: Place | null): string {
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
