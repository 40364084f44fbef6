export interface PlacedLabel {
  readonly id: string;
  /** Where the line ends. */
  readonly anchor: number;
  /** Where the label goes. */
  readonly y: number;
}

/**
 * Moves labels apart until they are at least `gap` pixels from each other within [low, high], each as close
 * to its anchor as its neighbours allow: overlapping ones are merged into a block that is centred on its
 * anchors' mean.
 */
export function placeLabels(
  wanted: readonly { readonly id: string; readonly anchor: number }[],
  gap: number,
  low: number,
  high: number,
): PlacedLabel[] {
  const sorted = [...wanted].sort((a, b) => a.anchor - b.anchor);
  const blocks: { members: typeof sorted; start: number }[] = [];
  for (const label of sorted) {
    let block = { members: [label], start: fit(label.anchor, 0) };
    for (let above = blocks.at(-1); above && above.start + gap * above.members.length > block.start; above = blocks.at(-1)) {
      blocks.pop();
      const members = [...above.members, ...block.members];
      const height = gap * (members.length - 1);
      const centre = members.reduce((sum, member) => sum + member.anchor, 0) / members.length;
      block = { members, start: fit(centre - height / 2, height) };
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ members, start }) => members.map((label, i) => ({ ...label, y: start + i * gap })));

  function fit(start: number, height: number): number {
    return Math.max(low, Math.min(start, high - height));
  }
}
