import { useState } from 'react';
import { frameCurves, type FrameCurve } from '../../../../readings/story/frameData';
import type { FigureArm } from '../../../../readings/arms/armsOf';
import type { RunRecord } from '../../../../record/runRecord';
import { t } from '../../../../words/words';
import { useView } from '../../../state/view/view';
import { ColumnTabs } from '../attention/ColumnTabs';
import { TrainingChart } from '../training/TrainingChart';
import styles from './Frame.module.css';

export interface FrameCurvesProps {
  readonly record: RunRecord;
  readonly arms: readonly FigureArm[];
  /** The step of the cursor. */
  readonly step: number;
  /** One at a time, by tabs. */
  readonly narrow: boolean;
  readonly height: number;
}

/** Stuck heads, language and hits over training, with a cursor at the step shown. */
export function FrameCurves({ record, arms, step, narrow, height }: FrameCurvesProps) {
  const axis = useView((view) => view.xAxis);
  const [tab, setTab] = useState<string>('heads');
  const curves = frameCurves(record, arms, axis);
  const chosen = curves.find(({ id }) => id === tab) ?? curves[0];
  const draw = ({ id, label, series, references, scale, format }: FrameCurve) => (
    <TrainingChart
      key={id}
      name={label}
      height={height}
      series={series}
      references={references}
      yKind={scale}
      formatY={format}
      include={scale === 'linear' ? [0] : []}
      yLabel={label}
      training={record.spec.training}
      at={step}
    />
  );
  if (chosen === undefined) return <p className={styles.waiting}>{t('Curves appear with the first evaluation.')}</p>;
  return narrow ? (
    <div>
      <ColumnTabs
        label={t('Curve')}
        tabs={curves.map(({ id, name }) => ({ id, label: name() }))}
        chosen={chosen.id}
        onChoose={setTab}
      />
      {draw(chosen)}
    </div>
  ) : (
    <div className={styles.charts}>{curves.map(draw)}</div>
  );
}
