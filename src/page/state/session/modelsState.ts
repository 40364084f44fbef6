/**
 * What the page knows about models besides the one that a run uses: why one could not be loaded, what the
 * browser stores, what fits.
 */
import { create } from '../store';
import type { MemoryForecast } from '../../../record/memoryPlan';
import type { StartRecord } from '../../../record/runRecord';
import type { RunSpec } from '../../../recipe/runSpec';
import type { Failure } from '../../../runtime/failure';
import type { KeptFiles } from '../../../runtime/protocol';

export interface ModelsState {
  /** Why the model requested last could not be loaded. */
  readonly failure: Failure | null;
  /** The memory that the recipe needs with the curated models, by ID. */
  readonly forecasts: Readonly<Record<string, MemoryForecast>>;
  readonly kept: KeptFiles | null;
  /** Bytes that the page uses and may use, according to the browser. */
  readonly room: { readonly usage: number; readonly quota: number } | null;
  /** Whether the browser promised to keep files when it needs room; null before it was asked. */
  readonly persisted: boolean | null;
}

export const EMPTY_MODELS: ModelsState = { failure: null, forecasts: {}, kept: null, room: null, persisted: null };

export const useModels = create<ModelsState>()(() => EMPTY_MODELS);

export interface OfferedAdapter {
  readonly start: StartRecord;
  /** The recipe's LoRA settings if its arms start from it. */
  readonly lora: RunSpec['lora'];
}

/** The adapter that was opened last, while the user has not decided about it. */
export const useAdapterOffer = create<{ readonly offer: OfferedAdapter | null }>()(() => ({ offer: null }));
