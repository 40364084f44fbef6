import { t } from '../../../words/words';
import { use, useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import {
  completed,
  curveOf,
  distanceText,
  seedPlotOf,
  seedsText,
  type DrawnCurve,
  type MeasuredCurve,
  type SeedPlot,
} from '../../../learn/curve';
import type { CurvePrediction, Lesson, LessonPrediction, SeedsPrediction, LessonStep } from '../../../learn/lesson';
import { chose, drew, progressOf } from '../../../learn/progress';
import { CurveDrawing } from './CurveDrawing';
import { useEvidence } from './evidenceState';
import { changeProgress, useLearn } from './learnState';
import { StepFigure } from './StepFigure';
import { OfferBox } from './OfferBox';
import { QuestionBox } from './QuestionBox';
import { Paragraphs, Say } from './Say';
import { SeedStrip } from './SeedStrip';
import styles from './Learn.module.css';

interface StepViewProps {
  readonly lesson: Lesson;
  readonly step: LessonStep;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly moves: ReactNode;
}

/** A step: its text, its question, and the figure, which waits for the prediction. */
export function StepView({ lesson, step, heading, moves }: StepViewProps) {
  const figureOf = use(StepFigure);
  const evidence = useEvidence();
  const mine = useLearn((state) => progressOf(state.progress, lesson.id));
  const { predict, then = [], check, offer } = step;
  const answered = predict === undefined || isAnswered(predict, step, mine);
  const choose = (question: string) => (option: number) => {
    changeProgress((progress) => chose(progress, lesson.id, question, option));
  };
  const keep = (values: readonly number[] | null) => {
    changeProgress((progress) => drew(progress, lesson.id, step.id, values));
  };
  const drawn = mine.drawn[step.id] ?? null;
  const curve = predict?.kind === 'curve' ? curveOf(evidence, predict) : null;
  const plot = predict?.kind === 'seeds' ? seedPlotOf(evidence, predict) : null;
  const found = useRef<HTMLDivElement>(null);
  const before = useRef(answered);
  useEffect(() => {
    // The button that was pressed no longer exists.
    if (answered && !before.current && document.activeElement === document.body) found.current?.focus();
    before.current = answered;
  }, [answered]);
  return (
    <div className={styles.step}>
      <div className={styles.text}>
        <h2 ref={heading} tabIndex={-1}>
          {t(step.title)}
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
            {plot && drawn !== null && (
              <p role="status" className={styles.distance}>
                {seedsText(drawn, plot.measured.slice(1), plot.text)}
              </p>
            )}
            <Paragraphs all={then} evidence={evidence} />
          </div>
        )}
        {predict !== undefined && predict.kind !== 'pick' && answered && (
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
        {offer && answered && <OfferBox offer={offer} evidence={evidence} />}
        <div className={styles.moves}>{moves}</div>
      </div>
      <div className={styles.figure}>
        {predict?.kind === 'curve' && curve && (drawn !== null || !answered) && (
          <Predicting key={step.id} prediction={predict} curve={curve} kept={drawn} onDone={keep} />
        )}
        {predict?.kind === 'seeds' && plot && (drawn !== null || !answered) && (
          <Placing key={step.id} prediction={predict} plot={plot} kept={drawn} onDone={keep} />
        )}
        {answered
          ? figureOf(step.figure)
          : predict.kind === 'pick' && (
              <p className={styles.hidden}>{t('The figure appears when you have chosen, or skipped.')}</p>
            )}
        <div className={styles.movesBelow}>{moves}</div>
      </div>
    </div>
  );
}

function isAnswered(predict: LessonPrediction, { id }: LessonStep, { drawn, chosen }: ReturnType<typeof progressOf>): boolean {
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
      {t('Skip, show me')}
    </button>
  );
}

interface PredictingProps {
  readonly prediction: CurvePrediction;
  readonly curve: MeasuredCurve;
  /** What was drawn and revealed. */
  readonly kept: readonly number[] | null;
  /** @param values null if it is skipped */
  readonly onDone: (values: readonly number[] | null) => void;
}

/** Draw, then reveal. */
function Predicting({ prediction, curve, kept, onDone }: PredictingProps) {
  const [drawn, setDrawn] = useState<DrawnCurve>(() => empty(curve));
  return (
    <Predicted
      asks={prediction}
      help={t('Drag across the chart. With keys: left and right choose a point, up and down move it.')}
      begun={drawn.some((value, i) => value !== null && !(curve.given && i === 0))}
      revealed={kept !== null}
      onReveal={() => {
        onDone(completed(drawn));
      }}
      onClear={() => {
        setDrawn(empty(curve));
      }}
      onSkip={onDone}
    >
      <CurveDrawing curve={curve} drawn={kept ?? drawn} onDraw={setDrawn} revealed={kept !== null} />
    </Predicted>
  );
}

/** Only what is given. */
function empty({ points, given }: MeasuredCurve): DrawnCurve {
  return points.map(({ y }, i) => (given && i === 0 ? y : null));
}

interface PlacingProps {
  readonly prediction: SeedsPrediction;
  readonly plot: SeedPlot;
  readonly kept: readonly number[] | null;
  readonly onDone: (values: readonly number[] | null) => void;
}

/** Place the seeds, then reveal. Seeds that were not moved have the given one's value. */
function Placing({ prediction, plot, kept, onDone }: PlacingProps) {
  const nothing: DrawnCurve = plot.measured.slice(1).map(() => null);
  const [placed, setPlaced] = useState(nothing);
  return (
    <Predicted
      asks={prediction}
      help={t(
        'Drag each mark. With keys: Tab chooses a seed, left and right move it. Those that you leave stay on the given one.',
      )}
      begun={placed.some((value) => value !== null)}
      revealed={kept !== null}
      onReveal={() => {
        onDone(placed.map((value) => value ?? plot.given));
      }}
      onClear={() => {
        setPlaced(nothing);
      }}
      onSkip={onDone}
    >
      <SeedStrip plot={plot} placed={kept ?? placed} onPlace={setPlaced} revealed={kept !== null} />
    </Predicted>
  );
}

interface PredictedProps {
  readonly asks: CurvePrediction | SeedsPrediction;
  readonly help: string;
  readonly begun: boolean;
  readonly revealed: boolean;
  readonly onReveal: () => void;
  readonly onClear: () => void;
  readonly onSkip: (nothing: null) => void;
  readonly children: ReactNode;
}

/** The question, the drawing area, and the buttons that end it. */
function Predicted({ asks, help, begun, revealed, onReveal, onClear, onSkip, children }: PredictedProps) {
  const evidence = useEvidence();
  return (
    <div className={styles.predicting}>
      <p className={styles.asks}>
        <Say says={asks.asks} evidence={evidence} />
      </p>
      {children}
      {!revealed && (
        <>
          <p className={styles.help}>{help}</p>
          <div className={styles.moves}>
            <button type="button" className={styles.next} disabled={!begun} onClick={onReveal}>
              {t('Reveal')}
            </button>
            <button type="button" disabled={!begun} onClick={onClear}>
              {t('Clear')}
            </button>
            <Skip onSkip={onSkip} />
          </div>
        </>
      )}
    </div>
  );
}
