/** MIND, Microsoft's news log (https://msnews.github.io/, https://github.com/msnews/msnews.github.io/blob/master/assets/doc/introduction.md). */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';
import { baseName, byPosition, columnFits, shareFitting, type Format } from './format';

const BEHAVIOURS = ['request', 'user', 'time', 'history', 'impressions'] as const;
const BEHAVIOUR_NAMES = ['impression id', 'user id', 'time', 'history', 'impressions'];
const NEWS = ['item', 'category', '-', 'title', 'description', '-', '-', '-'] as const;
const NEWS_NAMES = ['news id', 'category', 'subcategory', 'title', 'abstract', 'url', 'title entities', 'abstract entities'];
const tabs: Syntax = { kind: 'delimited', delimiter: '\t', quoting: false, header: false };

/** `N55689-1 N35729-0`, or `N55689 N35729` if the answers are withheld. */
const IMPRESSIONS = /^\S+(?:-[01])?(?: \S+(?:-[01])?)*$/;
const MARKED = /-[01](?: |$)/;
const NEWS_ID = /^N\d+$/;

function isBehaviours(peek: Peek): boolean {
  const { syntax, columns } = peek;
  if (syntax.kind !== 'delimited' || columns.length !== 5 || !columnFits(peek, 4, IMPRESSIONS)) return false;
  const marked = shareFitting(peek, 4, MARKED) > 0.9;
  const named = /^behaviou?rs/.test(baseName(peek)) || columns.some((name) => /^impressions$/i.test(name.trim()));
  return (marked || named) && columnFits(peek, 0, /^\d+$/) && shareFitting(peek, 2, /\d/) > 0.9;
}

function isNews({ columns, rows }: Peek): boolean {
  return columns.length === 8 && rows.length > 0 && rows.every((row) => NEWS_ID.test(idOf(row[0])) && idOf(row[3]) !== '');
}

export const mind: Format = {
  name: 'MIND',
  recognise(peek) {
    const { syntax } = peek;
    if (syntax.kind !== 'delimited' || syntax.delimiter !== '\t') return null;
    const written: Syntax = { ...tabs, header: syntax.header };
    if (isBehaviours(peek)) {
      return {
        format: this.name,
        part: 'events',
        reasons: [
          t('request, user, time, history and impressions separated by tabs'),
          t('each click is an event, and what was shown beside it its exposures; the history is what came before'),
        ],
        columns: syntax.header ? peek.columns : BEHAVIOUR_NAMES,
        syntax: written,
        roles: byPosition(BEHAVIOURS, t('its position in behaviors.tsv')),
        timeUnit: 'month-first',
      };
    }
    if (!isNews(peek)) return null;
    return {
      format: this.name,
      part: 'items',
      reasons: [t('news ID, category, subcategory, title and abstract separated by tabs, as in news.tsv')],
      columns: syntax.header ? peek.columns : NEWS_NAMES,
      syntax: written,
      roles: byPosition(NEWS, t('its position in news.tsv')),
    };
  },
};
