import type { EventPart } from '../../../log/intake/splitPreview';

/** In the order in which they are stacked. */
export const PARTS: readonly EventPart[] = ['train', 'history', 'validation', 'test'];

export const PART_LABELS: Readonly<Record<EventPart, string>> = {
  train: 'training',
  history: 'history only',
  validation: 'validation target',
  test: 'test target',
};
