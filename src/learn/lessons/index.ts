/** All lessons, in the order of a course. */
import type { Lesson, LessonId } from '../lesson';
import { collapse } from './collapse';
import { embedding } from './embedding';
import { fair } from './fair';
import { log } from './log';
import { outsideLesson } from './outside';
import { seeds } from './seeds';
import { sink } from './sink';
import { text } from './text';

export const LESSONS: readonly Lesson[] = [sink, collapse, fair, text, seeds, outsideLesson, embedding, log];

export function lessonOf(id: LessonId): Lesson | null {
  return LESSONS.find((lesson) => lesson.id === id) ?? null;
}
