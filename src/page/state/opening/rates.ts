/**
 * The learning rates under which the picture can be seen: those of recorded runs of one recipe, and those of
 * the grid behind them.
 */
import { ratelessKey } from '../../../experiment/grid/cellKey';
import type { Sweep } from '../../../experiment/grid/sweep';
import { gridRatesOf } from '../../../readings/story/gridRuns';
import { PRESETS, type Preset, type PresetId } from '../../../recipe/presets';
import { isRecorded } from '../../../recipe/recordedArms';
import type { RunRecord } from '../../../record/runRecord';
import { useOpening } from './openingState';
import { openRecordedRun } from './recordedRun';
import { presetOf } from '../recipe/recipe';
import { setView } from '../view/view';

export interface ShownRate {
  readonly rate: number;
  /** Whose recorded run has it; null if only the grid has. */
  readonly preset: PresetId | null;
}

/** @param record the recorded run of a preset. @returns ascending, its own among them */
export function shownRates(record: RunRecord, preset: PresetId, sweep: Sweep | null): ShownRate[] {
  // Of presets, not of the record, in which what they leave to the machine is a number.
  const keysOf = ({ spec }: Pick<Preset, 'spec'>): string[] => spec.arms.map((arm) => ratelessKey({ ...record, spec }, arm));
  const own = new Set(keysOf(presetOf(preset)));
  const byRate = new Map<number, PresetId | null>(gridRatesOf(sweep, record).map((rate) => [rate, null]));
  for (const one of PRESETS.filter(({ id }) => isRecorded(id)))
    if (keysOf(one).some((key) => own.has(key))) byRate.set(one.spec.training.learningRate, one.id);
  return [...byRate].map(([rate, preset]) => ({ rate, preset })).sort((a, b) => a.rate - b.rate);
}

/** Shows the recorded run of that rate, or the grid's runs. */
export function showRate({ rate, preset }: ShownRate): void {
  if (preset === null) setView({ rate, step: null });
  else if (preset === useOpening.getState().shown) setView({ rate: null });
  else void openRecordedRun(preset);
}
