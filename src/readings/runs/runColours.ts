import { message } from '../../words/words';

/**
 * Colours that distinguish runs: the palette of the arms (Okabe and Ito), in the order in which runs take
 * them.
 */
export const RUN_COLOURS = [
  { name: message('blue'), value: 'var(--arm-karma)' },
  { name: message('vermilion'), value: 'var(--arm-action)' },
  { name: message('green'), value: 'var(--arm-rec)' },
  { name: message('sky blue'), value: 'var(--arm-gen)' },
  { name: message('purple'), value: 'var(--arm-other-1)' },
  { name: message('yellow'), value: 'var(--arm-other-3)' },
  { name: message('grey'), value: 'var(--arm-base)' },
] as const;

export function runColour(index: number): (typeof RUN_COLOURS)[number] {
  return RUN_COLOURS[index % RUN_COLOURS.length]!;
}
