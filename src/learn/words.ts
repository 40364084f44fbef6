/**
 * Texts of lessons. A number is never typed into them: it is a fact, computed from the evidence when the text
 * is shown. A sentence that says which of two things is larger is a claim: it carries the predicate that
 * makes it true, and what to say if that is false.
 */
import type { GlossaryId } from '../readings/glossary';
import { textParts, type Text } from '../words/words';
import type { Evidence, Predicate } from './evidence';

/** Text computed from the evidence; null if that lacks the fact. */
export interface Fact {
  readonly kind: 'fact';
  readonly text: (evidence: Evidence) => string | null;
  /** A quotation, which no language translates. */
  readonly verbatim?: true;
}

/** An entry of the glossary. */
export interface TermOf {
  readonly kind: 'term';
  readonly id: GlossaryId;
}

/** A text to be said in the active language. */
export interface Said {
  readonly kind: 'said';
  readonly text: Text;
  /** By placeholder, or by tag: `<sink>sink</sink>` is explained by a term. */
  readonly values: Readonly<Record<string, LessonWords | TermOf>>;
}

export type LessonWords = Said | Fact;

/** A technical term in a text. */
export interface TermPiece extends TermOf {
  readonly text: string;
}

export type Piece = string | Fact | TermPiece;

export interface Claim {
  readonly kind: 'claim';
  readonly holds: Predicate;
  readonly says: LessonWords;
  /** What the run shows instead. */
  readonly otherwise: LessonWords;
}

export type Paragraph = LessonWords | Claim;

/**
 * A text with facts, terms and other texts in it: `say('A <sink>sink</sink> in {n} heads', { sink:
 * term('sink'), n: heads })`.
 */
export function say(text: Text, values: Said['values'] = {}): Said {
  return { kind: 'said', text, values };
}

export function fact(text: Fact['text']): Fact {
  return { kind: 'fact', text };
}

export function term(id: GlossaryId): TermOf {
  return { kind: 'term', id };
}

export function claim(holds: Predicate, says: LessonWords, otherwise: LessonWords): Claim {
  return { kind: 'claim', holds, says, otherwise };
}

/** Encloses the name of a placeholder, so that its piece can be put there once the text is in order. */
const MARK = '\u0001';

/** A text in the active language, in its pieces. */
export function piecesOf(words: LessonWords): readonly Piece[] {
  if (words.kind === 'fact') return [words];
  const { text, values } = words;
  const formats: Record<string, string | ((inside: readonly (string | TermPiece)[]) => TermPiece)> = {};
  for (const [name, value] of Object.entries(values))
    formats[name] =
      value.kind === 'term'
        ? (inside) => ({ ...value, text: inside.map((part) => (typeof part === 'string' ? part : part.text)).join('') })
        : MARK + name + MARK;
  return textParts<TermPiece>(text, formats).flatMap((part) =>
    typeof part !== 'string'
      ? [part]
      : part.split(MARK).flatMap((piece, i): readonly Piece[] => {
          if (i % 2 === 0) return piece === '' ? [] : [piece];
          const value = values[piece]!;
          return value.kind === 'term' ? [] : piecesOf(value);
        }),
  );
}

/** A text split into parts, with those between asterisks marked: `the run *Tuned*`. */
export function emphasised(text: string): readonly { readonly text: string; readonly set: boolean }[] {
  return text.split('*').map((part, i) => ({ text: part, set: i % 2 === 1 }));
}

/** A paragraph's text for this evidence. */
export function paragraphWords(paragraph: Paragraph, evidence: Evidence): LessonWords {
  if (paragraph.kind !== 'claim') return paragraph;
  return paragraph.holds(evidence) === true ? paragraph.says : paragraph.otherwise;
}

/** A text as plain words; a missing fact becomes an ellipsis. */
export function plainText(words: LessonWords, evidence: Evidence): string {
  return piecesOf(words)
    .map((piece) =>
      typeof piece === 'string' ? piece.replaceAll('*', '') : piece.kind === 'term' ? piece.text : (piece.text(evidence) ?? '…'),
    )
    .join('');
}
