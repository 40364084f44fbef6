/** What the interest embedding of a probe says and retrieves. Pure. */
import { t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import type { Evaluation, Probe, ProbeReading } from '../../record/runRecord';
import { listed } from '../format';
import { evaluationsAt, type FigureArm } from '../arms/armsOf';

/** Number of items shown of a top list. */
export const TOP_ITEMS = 5;

export function readingOf(evaluation: Evaluation | undefined, probe: number): ProbeReading | null {
  return evaluation?.readings.find((reading) => reading.probe === probe) ?? null;
}

/** What the probe decoder reads from a probe's h; null if there was none at that step. */
export function probeTextOf(evaluation: Evaluation | undefined, probe: number): string | null {
  return evaluation?.fidelity?.decoded[probe] ?? null;
}

export function readingSentence(arms: readonly FigureArm[], step: number | null): string {
  const evaluations = evaluationsAt(arms, step);
  const parts = arms.flatMap((arm) => {
    const readings = evaluations.get(arm.id)?.readings ?? [];
    const hits = readings.filter((reading) => reading.top.slice(0, TOP_ITEMS).some((item) => item.hit)).length;
    return readings.length > 0 ? [t('{arm} in {hits} of {n} histories', { arm: arm.label, hits, n: readings.length })] : [];
  });
  return parts.length === 0
    ? t('Nothing has been read from the embedding yet.')
    : t('The next item is among the best {n} of {arms}: examples, too few to compare arms.', {
        n: TOP_ITEMS,
        arms: listed(parts),
      });
}

export function readingTable(arms: readonly FigureArm[], probes: readonly Probe[], step: number | null): Table {
  const evaluations = evaluationsAt(arms, step);
  return {
    columns: ['history', 'user', 'target', 'arm', 'own decoder', 'probe decoder', 'rank', 'item', 'score', 'hit'],
    rows: arms.flatMap((arm) =>
      (evaluations.get(arm.id)?.readings ?? []).flatMap((reading) =>
        reading.top.map((item, i) => [
          reading.probe + 1,
          probes[reading.probe]?.user ?? '',
          reading.target,
          arm.label,
          reading.decoded,
          probeTextOf(evaluations.get(arm.id), reading.probe),
          i + 1,
          item.title,
          item.score,
          item.hit ? 'hit' : '',
        ]),
      ),
    ),
  };
}
