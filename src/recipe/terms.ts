/**
 * The terms of the objective beside L_act: an arm's field `lambdaGen` is the weight λ_gen of the term `gen`.
 */
import { armSchema, type ArmSpec } from './runSpec';

type LambdaField = Extract<keyof ArmSpec, `lambda${string}`>;
type NameOf<Field> = Field extends `lambda${infer Name}` ? Uncapitalize<Name> : never;
export type TermId = NameOf<LambdaField>;

const PREFIX = 'lambda';

/** All terms, in the order of their fields. */
export const TERM_IDS: readonly TermId[] = Object.keys(armSchema.shape).flatMap((field) =>
  field.startsWith(PREFIX) ? [(field.charAt(PREFIX.length).toLowerCase() + field.slice(PREFIX.length + 1)) as TermId] : [],
);

/** One entry for each term. */
export function byTerm<T>(entry: (term: TermId) => T): Record<TermId, T> {
  return Object.fromEntries(TERM_IDS.map((term) => [term, entry(term)])) as Record<TermId, T>;
}

const FIELDS = byTerm((term) => `${PREFIX}${term.charAt(0).toUpperCase()}${term.slice(1)}` as LambdaField);

/** λ of a term in an arm; 0 leaves it out. */
export function lambdaOf(arm: Pick<ArmSpec, LambdaField>, term: TermId): number {
  return arm[FIELDS[term]];
}

/** The terms that an arm has. */
export function termsOf(arm: Pick<ArmSpec, LambdaField>): TermId[] {
  return TERM_IDS.filter((term) => lambdaOf(arm, term) > 0);
}
