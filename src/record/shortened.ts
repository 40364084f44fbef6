/**
 * What is left out of a run that is too large for a link, or of a run file that is one of many stored ones.
 * Readers say so in its place, and nothing stands in for it.
 */
import { z } from 'zod';
import { message, t } from '../words/words';

const CUTS = {
  users: message('ranks of single users'),
  baselines: message('ranks of single users by the baselines'),
  splits: message('rankings of warm and cold targets and of groups of targets'),
  measures: message('measures of ranking but HR and the one shown'),
  lists: message('measures of whole lists, and gAUC of groups of requests'),
  tables: message('attention sinks by layer, head and position'),
  shapes: message('spectra and shapes of the embeddings'),
  plane: message('the plane of embeddings'),
  losses: message('losses of single steps'),
  histories: message('all recorded histories but one'),
  otherMaps: message('attention maps but those of one history at one step'),
  otherLayers: message('attention maps but those of one layer, for one history at one step'),
  otherHeads: message('attention maps but those of one head, for one history at one step'),
  maps: message('attention maps'),
  texts: message('generated texts and readings'),
  fidelity: message('what probe decoders read, and semantic overlap'),
  costs: message('costs of inference'),
  profiles: message('profiles of steps'),
  log: message('the audit of the log, and how its files were read'),
  digits: message('digits beyond the ninth'),
} as const;
export type RecordCut = keyof typeof CUTS;

export const cutSchema = z.enum(Object.keys(CUTS) as [RecordCut, ...RecordCut[]]);

/** A record, or what has its mark. */
export interface Shortened {
  readonly shortened?: readonly RecordCut[] | undefined;
}

export function lacks({ shortened }: Shortened, cut: RecordCut): boolean {
  return shortened?.includes(cut) ?? false;
}

/** The sentence that stands where the part would; null if the record is not without it because of that. */
export function leftOut(record: Shortened, ...cuts: readonly RecordCut[]): string | null {
  const gone = cuts.filter((cut) => lacks(record, cut));
  return gone.length === 0 ? null : t('Not in the link or file: {parts}.', { parts: cutWords(gone).join('; ') });
}

/** The same for an attention map. */
export function mapsLeftOut(record: Shortened): string | null {
  return leftOut(record, 'otherMaps', 'otherLayers', 'otherHeads', 'maps');
}

/** What is left out, in words. */
export function cutWords(cuts: readonly RecordCut[]): readonly string[] {
  return cuts.map((cut) => t(CUTS[cut]));
}

/** Why something is not made from a shortened run; null if the run is whole. */
export function notWhole({ shortened }: Shortened): string | null {
  return shortened === undefined
    ? null
    : t('The run on the page is shortened, as in links and stored grids: open its whole run file');
}
