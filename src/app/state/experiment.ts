import { create } from 'zustand';
import type { RunRecord } from '../../spec/runRecord';
import { EMPTY_EXPERIMENT, type Experiment } from './foldEvents';

/** The experiment on the page. Written by the session and by opening a record; components select narrow parts. */
export const useExperiment = create<Experiment>()(() => EMPTY_EXPERIMENT);

/** Puts a record from a file on the page. */
export function showRecord(record: RunRecord, source: 'recorded' | 'file'): void {
  useExperiment.setState({ record, source, failure: null });
}
