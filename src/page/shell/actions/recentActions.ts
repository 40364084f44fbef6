/** The actions last done from the command palette, on this device. */
import { z } from 'zod';
import { readLocalJson, writeLocal } from '../../state/kept/local';
import { verbatim } from '../../../recipe/texts';

const KEY = 'karma-recent-actions';
const MOST = 8;

/** IDs, the last used first. */
export function recentActions(): readonly string[] {
  return z.array(verbatim()).safeParse(readLocalJson(KEY)).data ?? [];
}

export function rememberAction(id: string): void {
  writeLocal(KEY, JSON.stringify([id, ...recentActions().filter((one) => one !== id)].slice(0, MOST)));
}
