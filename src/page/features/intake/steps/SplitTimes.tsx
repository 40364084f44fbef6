import { t } from '../../../../words/words';
import { max, stack } from 'd3';
import { Axes } from '../../../../charts/axes/Axes';
import { axisTicks, numberScale, plainNumber } from '../../../../scene/ticks';
import { useWidth } from '../../../../charts/axes/useWidth';
import type { EventPart, TimeBin } from '../../../../log/intake/splitPreview';
import { useIntake } from '../../../state/session/intakeState';
import { dayOf } from './words';
import { PART_LABELS, PARTS } from './parts';
import styles from './Split.module.css';

const HEIGHT = 150;
const NONE: readonly TimeBin[] = [];

/** The times of training events and of targets. */
export function SplitTimes() {
  const bins = useIntake((intake) => intake.preview?.bins ?? NONE);
  const dated = useIntake((intake) => intake.facts?.times !== null);
  const [frame, width] = useWidth<HTMLDivElement>();
  if (bins.length === 0 || !dated) return null;
  return (
    <figure className={styles.figure} aria-label={t('Events over time')}>
      <h3>{t('When do the events of each part happen?')}</h3>
      <div ref={frame}>{width > 0 && <Bars bins={bins} width={width} />}</div>
      <figcaption>
        <ul className={styles.legend}>
          {PARTS.map((part) => (
            <li key={part}>
              <i data-part={part} /> {t(PART_LABELS[part])}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function Bars({ bins, width }: { readonly bins: readonly TimeBin[]; readonly width: number }) {
  const area = { left: 44, top: 22, right: width - 8, bottom: HEIGHT - 34 };
  const first = bins[0]!.from;
  const step = bins[1]!.from - first;
  const x = numberScale('linear', [first, first + step * bins.length], [area.left, area.right]);
  const layers = stack<TimeBin, EventPart>()
    .keys(PARTS)
    .value((bin, part) => bin.events[part])(bins);
  const y = numberScale('linear', [0, max(layers, (layer) => max(layer, (bar) => bar[1])) ?? 1], [area.bottom, area.top]);
  const count = Math.max(2, Math.floor((area.right - area.left) / 110));
  const xTicks = Array.from({ length: count }, (_, at) => {
    const value = first + (step * bins.length * (at + 0.5)) / count;
    return { value, at: x(value), label: dayOf(value) };
  });
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={summary(bins)}>
      <Axes area={area} xTicks={xTicks} yTicks={axisTicks(y, 3, plainNumber)} xLabel={t('day (UTC)')} yLabel={t('events')} />
      {layers.map((layer) => (
        <g key={layer.key} data-part={layer.key} className={styles.bars}>
          {layer.map(
            (bar, at) =>
              bar[1] > bar[0] && (
                <rect
                  key={at}
                  x={x(first + at * step)}
                  width={Math.max(1, x(first + (at + 1) * step) - x(first + at * step) - 1)}
                  y={y(bar[1])}
                  height={y(bar[0]) - y(bar[1])}
                />
              ),
          )}
        </g>
      ))}
    </svg>
  );
}

/** The chart in words: the times of each part's events. */
function summary(bins: readonly TimeBin[]): string {
  const spans = PARTS.flatMap((part) => {
    const own = bins.filter(({ events }) => events[part] > 0);
    if (own.length === 0) return [];
    return [
      t('{part} from {from} to {to}', { part: t(PART_LABELS[part]), from: dayOf(own[0]!.from), to: dayOf(own.at(-1)!.from) }),
    ];
  });
  return t('Events over time: {parts}', { parts: spans.join('; ') });
}
