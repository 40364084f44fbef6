/**
 * Texts of lessons. A number is never typed into them: it is a fact, computed from the evidence when the text is shown. A sentence that
 * says which of two things is larger is a claim: it carries the predicate that makes it true, and what to say if that is false.
 */
import type { TermId } from '../page/glossary/terms';
import type { Evidence, Predicate } from './evidence';

/** Text computed from the evidence; null if that lacks the fact. */
export interface Fact {
  readonly kind: 'fact';
  readonly text: (evidence: Evidence) => string | null;
}

/** A technical term with its entry in the glossary. */
export interface TermPiece {
  readonly kind: 'term';
  readonly id: TermId;
  readonly text: string;
}

export type Piece = string | Fact | TermPiece;
export type Words = readonly Piece[];

export interface Claim {
  readonly kind: 'claim';
  readonly holds: Predicate;
  readonly says: Words;
  /** What the run shows instead. */
  readonly otherwise: Words;
}

export type Paragraph = Words | Claim;

/** Text with facts, terms and other texts in it. */
export function say(strings: TemplateStringsArray, ...values: readonly (Fact | TermPiece | Words)[]): Words {
  return strings.flatMap((text, i): Piece[] => {
    const value = values[i];
    const after = value === undefined ? [] : 'kind' in value ? [value] : [...value];
    return text === '' ? after : [text, ...after];
  });
}

export function fact(text: Fact['text']): Fact {
  return { kind: 'fact', text };
}

export function term(id: TermId, text: string): TermPiece {
  return { kind: 'term', id, text };
}

export function claim(holds: Predicate, says: Words, otherwise: Words): Claim {
  return { kind: 'claim', holds, says, otherwise };
}

/** A text split into parts, with those between asterisks marked: `the run *Tuned*`. */
export function emphasised(text: string): readonly { readonly text: string; readonly set: boolean }[] {
  return text.split('*').map((part, i) => ({ text: part, set: i % 2 === 1 }));
}

/** A paragraph's text for this evidence. */
export function wordsOf(paragraph: Paragraph, evidence: Evidence): Words {
  if (!('kind' in paragraph)) return paragraph;
  return paragraph.holds(evidence) === true ? paragraph.says : paragraph.otherwise;
}

/** A text as plain words; a missing fact becomes an ellipsis. */
export function plainText(words: Words, evidence: Evidence): string {
  return words
    .map((piece) =>
      typeof piece === 'string' ? piece.replaceAll('*', '') : piece.kind === 'term' ? piece.text : (piece.text(evidence) ?? '…'),
    )
    .join('');
}
