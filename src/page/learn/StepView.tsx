import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { completed, curveOf, distanceText, type Drawn, type MeasuredCurve } from '../../learn/curve';
import type { CurvePrediction, Lesson, Prediction, Step } from '../../learn/lesson';
import { chose, drew, progressOf } from '../../learn/progress';
import { CurveDrawing } from './CurveDrawing';
import { useEvidence } from './evidenceState';
import { changeProgress, useLearn } from './learnState';
import { LessonFigure } from './LessonFigure';
import { QuestionBox } from './QuestionBox';
import { Paragraphs, Say } from './Say';
import styles from './Learn.module.css';

interface StepViewProps {
  readonly lesson: Lesson;
  readonly step: Step;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly moves: ReactNode;
}

/** A step: what is told and asked, and the figure, which waits for the prediction. */
export function StepView({ lesson, step, heading, moves }: StepViewProps) {
  const evidence = useEvidence();
  const mine = useLearn((state) => progressOf(state.progress, lesson.id));
  const { predict, then = [], check } = step;
  const answered = predict === undefined || isAnswered(predict, step, mine);
  const choose = (question: string) => (option: number) => {
    changeProgress((progress) => chose(progress, lesson.id, question, option));
  };
  const keep = (values: readonly number[] | null) => {
    changeProgress((progress) => drew(progress, lesson.id, step.id, values));
  };
  const drawn = mine.drawn[step.id] ?? null;
  const curve = predict?.kind === 'curve' ? curveOf(evidence, predict) : null;
  const found = useRef<HTMLDivElement>(null);
  const before = useRef(answered);
  useEffect(() => {
    // The button that was pressed is gone.
    if (answered && !before.current && document.activeElement === document.body) found.current?.focus();
    before.current = answered;
  }, [answered]);
  return (
    <div className={styles.step}>
      <div className={styles.text}>
        <h2 ref={heading} tabIndex={-1}>
          {step.title}
        </h2>
        <Paragraphs all={step.says} evidence={evidence} />
        {predict?.kind === 'pick' && (
          <>
            <QuestionBox
              question={predict.question}
              evidence={evidence}
              chosen={mine.chosen[predict.question.id] ?? []}
              onChoose={(option) => {
                choose(predict.question.id)(option);
                if (!answered) keep(null);
              }}
            />
            {!answered && <Skip onSkip={keep} />}
          </>
        )}
        {answered && predict !== undefined && (
          <div ref={found} tabIndex={-1} className={styles.found}>
            {curve && drawn !== null && (
              <p role="status" className={styles.distance}>
                {distanceText(drawn, curve)}
              </p>
            )}
            <Paragraphs all={then} evidence={evidence} />
          </div>
        )}
        {predict?.kind === 'curve' && answered && (
          <QuestionBox
            question={predict.why}
            evidence={evidence}
            chosen={mine.chosen[predict.why.id] ?? []}
            onChoose={choose(predict.why.id)}
          />
        )}
        {check && answered && (
          <QuestionBox question={check} evidence={evidence} chosen={mine.chosen[check.id] ?? []} onChoose={choose(check.id)} />
        )}
        <div className={styles.moves}>{moves}</div>
      </div>
      <div className={styles.figure}>
        {predict?.kind === 'curve' && curve && (drawn !== null || !answered) && (
          <Predicting key={step.id} prediction={predict} curve={curve} kept={drawn} onDone={keep} />
        )}
        {answered ? (
          <LessonFigure state={step.figure} />
        ) : (
          predict.kind === 'pick' && <p className={styles.hidden}>The figure appears when you have chosen, or skipped.</p>
        )}
        <div className={styles.movesBelow}>{moves}</div>
      </div>
    </div>
  );
}

function isAnswered(predict: Prediction, { id }: Step, { drawn, chosen }: ReturnType<typeof progressOf>): boolean {
  return drawn[id] !== undefined || (predict.kind === 'pick' && chosen[predict.question.id] !== undefined);
}

function Skip({ onSkip }: { readonly onSkip: (nothing: null) => void }) {
  return (
    <button
      type="button"
      className="plain"
      onClick={() => {
        onSkip(null);
      }}
    >
      Skip, show me
    </button>
  );
}

interface PredictingProps {
  readonly prediction: CurvePrediction;
  readonly curve: MeasuredCurve;
  /** What was drawn and revealed. */
  readonly kept: readonly number[] | null;
  /** @param values null where it is skipped */
  readonly onDone: (values: readonly number[] | null) => void;
}

/** Draw, then reveal. */
function Predicting({ prediction, curve, kept, onDone }: PredictingProps) {
  const evidence = useEvidence();
  const [drawn, setDrawn] = useState<Drawn>(() => empty(curve));
  const revealed = kept !== null;
  const drew = drawn.some((value, i) => value !== null && !(curve.given && i === 0));
  return (
    <div className={styles.predicting}>
      <p className={styles.asks}>
        <Say says={prediction.asks} evidence={evidence} />
      </p>
      <CurveDrawing curve={curve} drawn={kept ?? drawn} onDraw={setDrawn} revealed={revealed} />
      {!revealed && (
        <>
          <p className={styles.help}>Drag across the chart. With keys: left and right choose a point, up and down move it.</p>
          <div className={styles.moves}>
            <button
              type="button"
              className={styles.next}
              disabled={!drew}
              onClick={() => {
                onDone(completed(drawn));
              }}
            >
              Reveal
            </button>
            <button
              type="button"
              disabled={!drew}
              onClick={() => {
                setDrawn(empty(curve));
              }}
            >
              Clear
            </button>
            <Skip onSkip={onDone} />
          </div>
        </>
      )}
    </div>
  );
}

/** Nothing but what is given. */
function empty({ points, given }: MeasuredCurve): Drawn {
  return points.map(({ y }, i) => (given && i === 0 ? y : null));
}
