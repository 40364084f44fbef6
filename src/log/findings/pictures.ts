import { t } from '../../words/words';
import type { Pictured } from '../intake/pictured';
import { REASONS } from '../intake/reasons';
import { note, warning, type Finding } from './finding';

/** Findings about embedded pictures. */
export function pictureFindings({ leftOut, notes, table, model }: Pictured): Finding[] {
  return [
    note(
      t(
        '{n, plural, one {Visual features of # item, {width} numbers each} other {Visual features of # items, {width} numbers each}}',
        { n: table.items, width: String(table.width) },
      ),
      t('made of their pictures by {model}; L_img leaves out items without any', { model: model.id }),
    ),
    ...leftOut.map(({ reason, rows, first, example }) => {
      const { text, done } = REASONS[reason];
      const values = { n: rows, reason: t(text) };
      const message = t('{n, plural, one {# picture not used: {reason}} other {# pictures not used: {reason}}}', values);
      return warning(message, t(done), first, example);
    }),
    ...notes.map(({ reason, rows, first, example }) => {
      const { text, done } = REASONS[reason];
      const message = t('{n, plural, one {# picture {reason}} other {# pictures {reason}}}', { n: rows, reason: t(text) });
      return note(message, t(done), first, example);
    }),
  ];
}
