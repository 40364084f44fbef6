/** The arms whose adapters this site has, by preset: tools/recordedArmsPlugin.ts reads them from the shipped files. */
declare const RECORDED_ARMS: Readonly<Record<string, readonly string[]>>;

/** IDs of the arms of a preset's recorded run that can be used without training. */
export function recordedArms(preset: string): readonly string[] {
  return RECORDED_ARMS[preset] ?? [];
}
