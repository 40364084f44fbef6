/** What the page knows of models beside the one that a run uses: why one could not be had, what the browser stores, what fits. */
import { create } from 'zustand';
import type { MemoryForecast } from '../../record/memoryPlan';
import type { Failure } from '../../runtime/failure';
import type { Kept } from '../../runtime/protocol';

export interface ModelsState {
  /** Why the model that was asked for last could not be had. */
  readonly failure: Failure | null;
  /** What the recipe takes of the curated models, by id. */
  readonly forecasts: Readonly<Record<string, MemoryForecast>>;
  readonly kept: Kept | null;
  /** Bytes that the page uses and may use, as the browser says. */
  readonly room: { readonly usage: number; readonly quota: number } | null;
  /** Whether the browser promised to keep files when it needs room; null before it was asked. */
  readonly persisted: boolean | null;
}

export const EMPTY_MODELS: ModelsState = { failure: null, forecasts: {}, kept: null, room: null, persisted: null };

export const useModels = create<ModelsState>()(() => EMPTY_MODELS);
