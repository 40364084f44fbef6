import type { SourceMapping } from '../recipe/logRecipe';

/** Events of a CSV file with only users and items. */
export const USERS_AND_ITEMS: SourceMapping = {
  name: 'log.csv',
  format: 'CSV',
  part: 'events',
  syntax: { kind: 'delimited', delimiter: ',', quoting: true, header: true },
  columns: ['user', 'item'],
  roles: { user: 0, item: 1 },
  timeUnit: 'seconds',
  share: null,
};
