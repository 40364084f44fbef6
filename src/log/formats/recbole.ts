/** RecBole's atomic files and benchmark files (https://recbole.io/docs/user_guide/data/atomic_files.html). */
import { t } from '../../words/words';
import type { SourcePart } from '../../recipe/logRecipe';
import { baseName, shareOf, type Format, type Recognition } from './format';
import { matchHeader } from './header';

const TYPED = /:(?:token|float)(?:_seq)?$/;

const PARTS: readonly (readonly [RegExp, SourcePart])[] = [
  [/\.inter$/, 'events'],
  [/\.item$/, 'items'],
  [/\.user$/, 'users'],
  [/\.(?:kg|link|net)$/, 'ignored'],
];

export const recbole: Format = {
  name: 'RecBole',
  recognise(peek) {
    const { columns, syntax } = peek;
    // Lines `key: value` would be taken for a table.
    if (/\.ya?ml$/.test(baseName(peek)))
      return { format: this.name, part: 'ignored', reasons: [t('a configuration')], roles: {} };
    if (columns.length === 0 || !columns.every((column) => TYPED.test(column))) return null;
    const base = baseName(peek);
    const { roles: found } = matchHeader(columns);
    const part =
      PARTS.find(([ending]) => ending.test(base))?.[1] ??
      (found.user !== undefined && found.item !== undefined ? 'events' : found.item !== undefined ? 'items' : 'users');
    const roles: Record<string, { column: number; reason: string }> = {};
    for (const [role, column] of Object.entries(found))
      roles[role] = { column, reason: t('the name {column}', { column: columns[column]! }) };
    const share = part === 'events' ? shareOf(base) : undefined;
    const recognition: Recognition = {
      format: found.history === undefined ? this.name : 'RecBole benchmark',
      part,
      reasons: [
        t('every column has a RecBole type, as user_id:token'),
        ...(found.history === undefined
          ? []
          : [t('{column} holds the history of each row', { column: columns[found.history]! })]),
        ...(share === undefined ? [] : [t('the name says it is the {share} part of a split', { share })]),
      ],
      roles,
      ...(syntax.kind === 'delimited' ? { syntax: { ...syntax, quoting: false } } : {}),
      ...(share === undefined ? {} : { share }),
    };
    return recognition;
  },
};
