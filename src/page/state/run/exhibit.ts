/**
 * The record that a lesson shows instead of the page’s experiment, which continues untouched behind it; null
 * outside lessons.
 */
import { create } from '../store';
import type { RunRecord } from '../../../record/runRecord';
import { useExperiment } from './experiment';

export const useExhibit = create<{ readonly record: RunRecord | null }>()(() => ({ record: null }));

export function exhibit(record: RunRecord | null): void {
  useExhibit.setState({ record });
}

/** The record that figures currently show. */
export function figureRecord(): RunRecord | null {
  return useExhibit.getState().record ?? useExperiment.getState().record;
}
