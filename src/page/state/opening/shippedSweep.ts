/** The site's findings over learning rates: each file is fetched when it is about to be seen, once per visit. */
import { t } from '../../../words/words';
import { create } from '../store';
import { complaintsOf, sentenceWithPath } from '../../../recipe/errorMap';
import { RATES_FILE, type RatesFile } from '../../../recipe/recordedFiles';
import { sweepSchema, type Sweep } from '../../../experiment/grid/sweep';
import { isMissing } from '../../../storage/missingFile';
import { unpackedText } from '../../../files/unpackedText';

export type Shipped =
  | { readonly state: 'none' | 'loading' | 'absent' }
  | { readonly state: 'here'; readonly sweep: Sweep }
  | { readonly state: 'unreadable'; readonly reason: string };

type Sweeps = Partial<Readonly<Record<RatesFile, Shipped>>>;

export const useShippedSweeps = create<Sweeps>()(() => ({}));

const NONE: Shipped = { state: 'none' };

/** What is known about a file of the site. */
export function useShippedSweep(file: RatesFile = RATES_FILE): Shipped {
  return useShippedSweeps((sweeps) => sweeps[file]) ?? NONE;
}

export async function loadShippedSweep(file: RatesFile = RATES_FILE): Promise<void> {
  if (useShippedSweeps.getState()[file] !== undefined) return;
  const set = (shipped: Shipped): void => {
    useShippedSweeps.setState({ [file]: shipped });
  };
  set({ state: 'loading' });
  try {
    const response = await fetch(import.meta.env.BASE_URL + file);
    if (isMissing(response)) {
      set({ state: 'absent' });
      return;
    }
    set(readSweep(await unpackedText(new Uint8Array(await response.arrayBuffer()))));
  } catch (error) {
    set({ state: 'unreadable', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** A sweep from its text, or why it cannot be read. */
export function readSweep(text: string): Shipped {
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
