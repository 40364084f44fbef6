import type { TemplateText } from '../../../record/templatePreview';
import { count, percent } from '../../format';
import styles from './Templates.module.css';

/** A text as its tokens, and how long such texts are. */
export function TokenText({ label, text }: { readonly label: string; readonly text: TemplateText }) {
  const { pieces, tokens, limit, counts } = text;
  const rest = tokens - pieces.length;
  return (
    <>
      <p className={styles.tokens} aria-label={`Tokens of ${label}`}>
        {pieces.map((piece, at) => (
          <span
            key={at}
            data-left={at >= limit}
            title={`${piece.id}${piece.text === '' ? ', part of a character or invisible' : ''}`}
          >
            {piece.text === '' ? '·' : piece.text}
          </span>
        ))}
        {rest > 0 && <small> and {count(rest)} more</small>}
      </p>
      <p className={styles.note} aria-label={`Length of ${label}`}>
        {tokens > limit ? (
          <strong>
            {count(tokens)} tokens, cut to {count(limit)}.
          </strong>
        ) : (
          `${count(tokens)} of at most ${count(limit)} tokens.`
        )}{' '}
        {counts === null ? 'Counting all …' : allOf(counts)}
      </p>
    </>
  );
}

function allOf({ texts, mean, max, cut }: NonNullable<TemplateText['counts']>): string {
  const share = cut === 0 ? 'none is truncated' : `${percent(cut / texts)} % are truncated`;
  return `All ${count(texts)}: mean ${mean.toFixed(1)}, longest ${count(max)}; ${share}.`;
}
