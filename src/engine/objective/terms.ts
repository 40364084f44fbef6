/** The terms of the objective by their name in recipes. A λ without a room is a type error. */
import type { ArmSpec } from '../../recipe/runSpec';
import { TERM_IDS, termsOf, type TermId } from '../../recipe/terms';
import { gen } from '../terms/gen/term';
import { img } from '../terms/img/term';
import { item } from '../terms/item/term';
import { kl } from '../terms/kl/term';
import { l2 } from '../terms/l2/term';
import { ent } from '../terms/ent/term';
import { replay } from '../terms/replay/term';
import { rec } from '../terms/rec/term';
import type { ObjectiveTerm } from '../terms/term';
import { z } from '../terms/z/term';

export const TERMS: Readonly<Record<TermId, ObjectiveTerm>> = { gen, rec, item, img, kl, replay, l2, ent, z };

/** Whether an arm has a term that adds, or reads, rows of that kind. */
export function addsRows(arm: ArmSpec, rows: Exclude<ObjectiveTerm['rows'], 'none'>): boolean {
  return termsOf(arm).some((term) => TERMS[term].rows === rows);
}

/** Whether a term reads y, that of the further texts included. */
export function readsTarget(term: TermId): boolean {
  return TERMS[term].rows === 'history' || TERMS[term].rows === 'texts';
}

/** Whether an arm has a term that reads items drawn from the catalogue. */
export function describesItems(arm: ArmSpec): boolean {
  return addsRows(arm, 'described') || addsRows(arm, 'plain');
}

/** Whether an arm has a term that reads texts. */
export function readsText(arm: ArmSpec): boolean {
  return termsOf(arm).some((term) => !['images', 'none'].includes(TERMS[term].rows));
}

/** `L = L_act + λ_gen·L_gen + …` of some terms. */
export function objectiveFormula(terms: readonly TermId[] = TERM_IDS): string {
  const weighted = terms.map((term) => ` + ${TERMS[term].words.lambda}·${TERMS[term].words.symbol}`);
  return `L = L_act${weighted.join('')}`;
}
