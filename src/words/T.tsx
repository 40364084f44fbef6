import { createElement, Fragment, type ReactNode } from 'react';
import { textParts, type Text } from './words';

interface TProps {
  readonly text: Text;
  /** By placeholder; a tag's is a function of what it encloses. */
  readonly values: Readonly<Record<string, string | number | ((inside: ReactNode) => ReactNode)>>;
}

/**
 * A text with elements in it: `<T text="Open <a>the log</a>." values={{ a: (inside) => <a
 * href={…}>{inside}</a> }} />`.
 */
export function T({ text, values }: TProps) {
  return createElement(Fragment, null, ...textParts<ReactNode>(text, values as never));
}
