/**
 * The grid behind the recorded runs: fetched once per visit, with the first recorded run or lesson that needs
 * it.
 */
import { t } from '../../../words/words';
import { create } from '../store';
import { complaintsOf, sentenceWithPath } from '../../../recipe/errorMap';
import { RATES_FILE } from '../../../recipe/recordedFiles';
import { sweepSchema, type Sweep } from '../../../experiment/grid/sweep';
import { isMissing } from '../../../storage/missingFile';
import { unpackedText } from '../../../files/unpackedText';

export type Shipped =
  | { readonly state: 'none' | 'loading' | 'absent' }
  | { readonly state: 'here'; readonly sweep: Sweep }
  | { readonly state: 'unreadable'; readonly reason: string };

const NONE: Shipped = { state: 'none' };

export const useShippedSweeps = create<{ readonly shipped: Shipped }>()(() => ({ shipped: NONE }));

/** What is known about the site's grid. */
export function useShippedSweep(): Shipped {
  return useShippedSweeps(({ shipped }) => shipped);
}

/** The grid once it is loaded. */
export function shippedSweepOf(shipped: Shipped): Sweep | null {
  return shipped.state === 'here' ? shipped.sweep : null;
}

let loading: Promise<void> | null = null;

/** Fetches the grid, once. */
export async function loadShippedSweep(): Promise<void> {
  if (useShippedSweeps.getState().shipped.state === 'none') loading = load();
  await loading;
}

async function load(): Promise<void> {
  const set = (shipped: Shipped): void => {
    useShippedSweeps.setState({ shipped });
  };
  set({ state: 'loading' });
  try {
    const response = await fetch(import.meta.env.BASE_URL + RATES_FILE);
    if (isMissing(response)) {
      set({ state: 'absent' });
      return;
    }
    set(parseSweep(await unpackedText(new Uint8Array(await response.arrayBuffer()))));
  } catch (error) {
    set({ state: 'unreadable', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** A sweep from its text, or why it cannot be read. */
export function parseSweep(text: string): Shipped {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { state: 'unreadable', reason: t('It is not JSON.') };
  }
  const parsed = sweepSchema.safeParse(json);
  if (parsed.success) return { state: 'here', sweep: parsed.data };
  const [first] = complaintsOf(parsed.error, sweepSchema);
  return { state: 'unreadable', reason: first === undefined ? t('It does not fit.') : sentenceWithPath(first) };
}
