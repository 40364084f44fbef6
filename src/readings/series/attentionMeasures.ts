/** The measure of attention shown by layer and head. */
import { SINK_ENTRIES } from '../../measures/entries';
import type { SinkMeasure, SinkMeasureId } from '../../measures/entries/sinks';
import { baseSinksOf, probePopulation, sinkPopulation, sinksOf } from '../../measures/sinks/userSinks';
import type { Evaluation, RunRecord } from '../../record/runRecord';

const MEASURES: readonly SinkMeasure[] = SINK_ENTRIES;

export function measureOptions(): { readonly value: SinkMeasureId; readonly label: string }[] {
  return MEASURES.map(({ id, name }) => ({ value: id, label: name }));
}

/** The chosen measure, or its replacement in records of earlier versions. */
export function shownMeasure(chosen: SinkMeasureId, record: RunRecord): SinkMeasure {
  const of = MEASURES.find(({ id }) => id === chosen)!;
  const known = [baseSinksOf(record), ...record.arms.flatMap(({ evaluations }) => evaluations.map(sinksOf))];
  if (known.some((sinks) => sinks.means[chosen] !== undefined)) return of;
  return MEASURES.find(({ id }) => id === of.instead) ?? of;
}

/** What a measure is averaged over. */
export function measuredOver(measure: SinkMeasureId, record: RunRecord, evaluation: Evaluation | null): string {
  const ofProbes = measure === 'contentCorrelation' || measure === 'pictureAlpha';
  return ofProbes ? probePopulation(record) : sinkPopulation(record, evaluation);
}
