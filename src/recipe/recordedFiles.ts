import { PRESET_IDS } from './presets';
import { REAL_LLM_ID } from './realLlm';

/**
 * The runs that the site can have recorded: one of each preset, and one of a real LLM. The page opens with
 * the first.
 */
export const RECORDED_IDS = [...PRESET_IDS, REAL_LLM_ID] as const;
export type RecordedId = (typeof RECORDED_IDS)[number];

/** Paths of a recorded run, and of the adapters of its arms, on the site; written by `npm run record`. */
export function recordedFiles(id: string): { readonly run: string; readonly adapters: string } {
  return { run: `recorded/${id}.run.json.gz`, adapters: `recorded/${id}.adapters.zip` };
}

/** Maximum bytes of a recorded run, including its adapters. */
export const MOST_RECORDED_BYTES = 3.5e6;

/**
 * The runs of the grid behind the recorded ones, by arm, learning rate and seed, as written by
 * `npm run summarise -- docs/findings/strong-store --sweep public/recorded/rates.json.gz`.
 */
export const RATES_FILE = 'recorded/rates.json.gz';
