import { t } from '../../../../words/words';
import type { TemplateText } from '../../../../record/templatePreview';
import { count, percent } from '../../../../readings/format';
import styles from './Templates.module.css';

/** A text as its tokens, and how long such texts are. */
export function TokenText({ label, text }: { readonly label: string; readonly text: TemplateText }) {
  const { pieces, tokens, limit, counts } = text;
  const rest = tokens - pieces.length;
  return (
    <>
      <p className={styles.tokens} aria-label={t('Tokens of {field}', { field: label })} translate="no">
        {pieces.map((piece, at) => (
          <span
            key={at}
            data-left={at >= limit}
            title={piece.text === '' ? t('{id}, part of a character or invisible', { id: piece.id }) : String(piece.id)}
          >
            {piece.text === '' ? '·' : piece.text}
          </span>
        ))}
        {rest > 0 && <small> {t('and {n} more', { n: count(rest) })}</small>}
      </p>
      <p className={styles.note} aria-label={t('Length of {field}', { field: label })}>
        {tokens > limit ? (
          <strong>{t('{n} tokens, cut to {limit}.', { n: count(tokens), limit: count(limit) })}</strong>
        ) : (
          t('{n} of at most {limit} tokens.', { n: count(tokens), limit: count(limit) })
        )}{' '}
        {counts === null ? t('Counting all …') : allOf(counts)}
      </p>
    </>
  );
}

function allOf({ texts, mean, max, cut }: NonNullable<TemplateText['counts']>): string {
  const values = { n: count(texts), mean: mean.toFixed(1), longest: count(max) };
  return cut === 0
    ? t('All {n}: mean {mean}, longest {longest}; none is truncated.', values)
    : t('All {n}: mean {mean}, longest {longest}; {share} % are truncated.', { ...values, share: percent(cut / texts) });
}
