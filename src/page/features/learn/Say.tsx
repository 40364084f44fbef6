import type { Evidence } from '../../../learn/evidence';
import { emphasised, piecesOf, paragraphWords, type Paragraph } from '../../../learn/words';
import { Term } from '../../ui/controls/Term';
import styles from './Learn.module.css';

/** A paragraph of a lesson, with facts computed from the evidence. */
export function Say({ says, evidence }: { readonly says: Paragraph; readonly evidence: Evidence }) {
  return piecesOf(paragraphWords(says, evidence)).map((piece, i) => {
    if (typeof piece === 'string') return emphasised(piece).map(({ text, set }, j) => (set ? <i key={j}>{text}</i> : text));
    if (piece.kind === 'term') {
      return (
        <Term key={i} id={piece.id}>
          {piece.text}
        </Term>
      );
    }
    return (
      <span key={i} className={styles.fact} translate={piece.verbatim ? 'no' : undefined}>
        {piece.text(evidence) ?? '…'}
      </span>
    );
  });
}

export function Paragraphs({ all, evidence }: { readonly all: readonly Paragraph[]; readonly evidence: Evidence }) {
  return all.map((says, i) => (
    <p key={i}>
      <Say says={says} evidence={evidence} />
    </p>
  ));
}
