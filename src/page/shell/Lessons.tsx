import { LearnView } from '../features/learn/LearnView';
import { LessonFigure } from './LessonFigure';

/** The view *Learn*, whose steps show the figure's panels. */
export function Lessons() {
  return <LearnView figure={(state) => <LessonFigure state={state} />} />;
}
