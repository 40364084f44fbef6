/**
 * Lesson plans for a class: which lessons, how long, and what to say with them. The teacher's page and the
 * handout are made from them. Pure.
 */
import { message } from '../words/words';
import type { LearnAddress, PlanId } from './address';
import type { LessonId } from './lesson';
import { LESSONS } from './lessons';

/** A part of a class. Lessons and quiz are links; discussion is not. */
export type ClassPart =
  | { readonly kind: 'lesson'; readonly lesson: LessonId; readonly minutes: number }
  | { readonly kind: 'quiz'; readonly when: 'before' | 'after'; readonly minutes: number }
  | { readonly kind: 'talk'; readonly about: string; readonly minutes: number };

export interface Plan {
  readonly id: PlanId;
  readonly title: string;
  /** Who does what. */
  readonly how: string;
  readonly parts: readonly ClassPart[];
  /** Null if it is spread over weeks. */
  readonly minutes: number | null;
  /** Presented by the teacher, so lessons take less time than alone. */
  readonly shown: boolean;
}

const lesson = (id: LessonId, minutes: number): ClassPart => ({ kind: 'lesson', lesson: id, minutes });
const quiz = (when: 'before' | 'after'): ClassPart => ({ kind: 'quiz', when, minutes: 5 });
const talk = (about: string, minutes: number): ClassPart => ({ kind: 'talk', about, minutes });

export const PLANS: readonly Plan[] = [
  {
    id: '20',
    title: message('A demonstration'),
    how: message('You show, the class predicts by raising hands. One machine and a projector.'),
    shown: true,
    minutes: 20,
    parts: [
      talk(message('What the model reads, and what it must predict'), 2),
      lesson('collapse', 8),
      lesson('fair', 8),
      talk(message('What may be concluded, and what not'), 2),
    ],
  },
  {
    id: '50',
    title: message('A class'),
    how: message('Everyone at a machine, alone or in pairs; you gather predictions before each reveal.'),
    shown: false,
    minutes: 50,
    parts: [
      quiz('before'),
      lesson('sink', 10),
      lesson('collapse', 12),
      lesson('fair', 12),
      quiz('after'),
      talk(message('Which answers changed, and why'), 6),
    ],
  },
  {
    id: '90',
    title: message('A double class'),
    how: message('As above, with controls and seeds: what makes a comparison evidence.'),
    shown: false,
    minutes: 90,
    parts: [
      quiz('before'),
      lesson('sink', 10),
      lesson('collapse', 12),
      lesson('fair', 12),
      talk(message('Break'), 10),
      lesson('text', 12),
      lesson('seeds', 10),
      quiz('after'),
      talk(message('Which answers changed, and the sentence that a report may contain'), 14),
    ],
  },
  {
    id: 'seminar',
    title: message('A seminar'),
    how: message('All lessons over some weeks, the last one at home with a log of one’s own; challenges as exercises.'),
    shown: false,
    minutes: null,
    parts: LESSONS.map(({ id, minutes }) => lesson(id, minutes)),
  },
];

/** The target of a part's link; null if there is nothing to open. */
export function placeOf(part: ClassPart): LearnAddress | null {
  if (part.kind === 'lesson') return { kind: 'lesson', lesson: part.lesson, step: 0 };
  return part.kind === 'quiz' ? { kind: 'quiz' } : null;
}

export function planOf(id: PlanId): Plan {
  return PLANS.find((plan) => plan.id === id)!;
}
