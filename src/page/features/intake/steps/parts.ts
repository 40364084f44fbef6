import { message } from '../../../../words/words';
import type { EventPart } from '../../../../log/intake/splitPreview';

/** In the order in which they are stacked. */
export const PARTS: readonly EventPart[] = ['train', 'history', 'validation', 'test'];

export const PART_LABELS: Readonly<Record<EventPart, string>> = {
  train: message('training'),
  history: message('history only'),
  validation: message('validation target'),
  test: message('test target'),
};
