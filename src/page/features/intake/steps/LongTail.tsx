import { spoken } from '../../../../scene/marks/label';
import { symbolCircle } from 'd3';
import { useState } from 'react';
import { t } from '../../../../words/words';
import { plainNumber } from '../../../../scene/ticks';
import { LineChart } from '../../../../charts/line/LineChart';
import type { LineSeries } from '../../../../scene/charts/series';
import type { RankPoint } from '../../../../log/intake/overview';
import { sameValue } from '../../../../recipe/specPath';
import { count } from '../../../../readings/format';
import { useIntake } from '../../../state/session/intakeState';
import styles from './Intake.module.css';

const HEIGHT = 200;
const NONE: readonly RankPoint[] = [];

function seriesOf(id: string, label: () => string, colour: string, dash: string, tail: readonly RankPoint[]): LineSeries {
  return {
    id,
    ...spoken(label),
    mark: { colour, dash, symbol: symbolCircle },
    points: tail.map(({ rank, events }) => ({ x: rank, y: events, key: rank })),
    markers: false,
  };
}

function powersOfTen(most: number): number[] {
  return Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
}

/** The distribution of events over items, before and after filtering. */
export function LongTail() {
  const before = useIntake((intake) => intake.facts?.tail ?? NONE);
  const after = useIntake((intake) => intake.kept?.tail ?? NONE);
  const core = useIntake((intake) => intake.filters?.itemCore ?? 0);
  const [hovered, setHovered] = useState<number | null>(null);
  if (before.length < 2) return null;
  return (
    <figure className={styles.figure} aria-label={t('Long tail')}>
      <h3>{t('How long is the tail?')}</h3>
      <LineChart
        name={() => t('Events by rank of the item')}
        height={HEIGHT}
        series={[
          ...(sameValue(before, after) ? [] : [seriesOf('before', () => t('readable'), 'var(--ink-3)', '4 3', before)]),
          seriesOf('after', () => t('kept'), 'var(--ink)', '', after),
        ]}
        xValues={powersOfTen(before.at(-1)!.rank)}
        references={core > 1 ? [{ id: 'core', ...spoken(() => t('k-core')), value: core, dash: '2 3' }] : []}
        xKind="log"
        yKind="log"
        xLabel={() => t('rank of the item')}
        yLabel={() => t('events')}
        formatX={plainNumber}
        formatY={plainNumber}
        labelWidth={96}
        hovered={hovered}
        onHover={setHovered}
        describeKey={(rank) => t('item of rank {rank}', { rank: count(rank) })}
      />
      <figcaption>{t('Items by their number of events, the most frequent first; both axes logarithmic.')}</figcaption>
    </figure>
  );
}
