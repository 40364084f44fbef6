/** Of which arms this site has adapters, by preset: tools/recordedArmsPlugin.ts reads it from the files that are shipped. */
declare const RECORDED_ARMS: Readonly<Record<string, readonly string[]>>;

/** IDs of the arms of a preset's recorded run that can be asked without training. */
export function recordedArms(preset: string): readonly string[] {
  return RECORDED_ARMS[preset] ?? [];
}
