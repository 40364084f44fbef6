/** All lessons, in the order of a course. */
import type { Lesson, LessonId } from '../lesson';
import { collapse } from './collapse';

export const LESSONS: readonly Lesson[] = [collapse];

export function lessonOf(id: LessonId): Lesson | null {
  return LESSONS.find((lesson) => lesson.id === id) ?? null;
}
