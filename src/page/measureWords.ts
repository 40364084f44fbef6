/** Names of measures in the page's language. */
import { t } from '../words/words';
import { measureHeading } from '../measures/measures';

interface Named {
  readonly name: string;
  readonly unit: string;
}

/** Within a sentence. */
export function nameOf({ name }: Pick<Named, 'name'>): string {
  return t(name);
}

/** With its unit: `RankMe (singular values)`. */
export function headingOf({ name, unit }: Named): string {
  return measureHeading({ name: t(name), unit: unit === '' ? unit : t(unit) });
}
