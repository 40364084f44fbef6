/** Names of arms that tell them apart. */

/** The same arms; where several have one label, each gets its ID as well: `KARMA (karma-0.1)`. */
export function withDistinctLabels<Arm extends { readonly id: string; readonly label: string }>(arms: readonly Arm[]): Arm[] {
  const shared = (arm: Arm): boolean => arms.some(({ id, label }) => id !== arm.id && label === arm.label);
  return arms.map((arm) => (shared(arm) ? { ...arm, label: `${arm.label} (${arm.id})` } : arm));
}
