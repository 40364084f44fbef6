/** Colours that distinguish runs: the palette of the arms (Okabe and Ito), in the order in which runs take them. */
export const RUN_COLOURS = [
  { name: 'blue', value: 'var(--arm-karma)' },
  { name: 'vermilion', value: 'var(--arm-action)' },
  { name: 'green', value: 'var(--arm-rec)' },
  { name: 'sky blue', value: 'var(--arm-gen)' },
  { name: 'purple', value: 'var(--arm-other-1)' },
  { name: 'yellow', value: 'var(--arm-other-3)' },
  { name: 'grey', value: 'var(--arm-base)' },
] as const;

export function runColour(index: number): (typeof RUN_COLOURS)[number] {
  return RUN_COLOURS[index % RUN_COLOURS.length]!;
}
