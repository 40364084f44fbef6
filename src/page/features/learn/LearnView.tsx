import { useEffect, useLayoutEffect } from 'react';
import { lessonOf } from '../../../learn/lessons';
import { exhibit } from '../../state/run/exhibit';
import { setView, useView } from '../../state/view/view';
import { ChallengesView } from './ChallengesView';
import { HandoutView } from './HandoutView';
import { LearnHome } from './LearnHome';
import { LessonView } from './LessonView';
import { QuizView } from './QuizView';
import { StepFigure, type DrawFigure } from './StepFigure';
import { TeacherView } from './TeacherView';
import { followAddress, leaveAddress, useLearn } from './learnState';

/** Lessons on what the playground shows. The reader's earlier view is restored when lessons are left. */
export function LearnView({ figure }: { readonly figure: DrawFigure }) {
  return (
    <StepFigure value={figure}>
      <Place />
    </StepFigure>
  );
}

function Place() {
  const place = useLearn((state) => state.place);
  useEffect(() => {
    followAddress();
    window.addEventListener('popstate', followAddress);
    return () => {
      window.removeEventListener('popstate', followAddress);
      leaveAddress();
    };
  }, []);
  useLayoutEffect(borrowView, []);
  const lesson = place.kind === 'lesson' ? lessonOf(place.lesson) : null;
  if (place.kind === 'lesson' && lesson !== null) return <LessonView key={lesson.id} lesson={lesson} step={place.step ?? 0} />;
  if (place.kind === 'challenges') return <ChallengesView />;
  if (place.kind === 'quiz') return <QuizView />;
  if (place.kind === 'teach') return <TeacherView />;
  if (place.kind === 'handout') return <HandoutView plan={place.plan} answers={place.answers} />;
  return <LearnHome />;
}

/** Saves the view while lessons use it. @returns a function that restores it */
function borrowView(): () => void {
  const { layer, head, probe, arms, step, measure, k, split, gridMeasure, difference, xAxis, lossTerm } = useView.getState();
  return () => {
    exhibit(null);
    setView({ layer, head, probe, arms, step, measure, k, split, gridMeasure, difference, xAxis, lossTerm });
  };
}
