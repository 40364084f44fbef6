/**
 * The recorded runs of this site and their arms with adapters: tools/recordedArmsPlugin.ts reads them from
 * the shipped files.
 */
declare const RECORDED_ARMS: Readonly<Record<string, readonly string[]>>;

/** Whether the site has a recorded run of that ID. */
export function isRecorded(id: string): boolean {
  return Object.hasOwn(RECORDED_ARMS, id);
}

/** IDs of the arms of a recorded run that can be used without training. */
export function recordedArms(id: string): readonly string[] {
  return RECORDED_ARMS[id] ?? [];
}
