/**
 * WGSL of `count` that a compiler cannot know to be constant, as the bound of a loop. Mesa writes out loops
 * of up to 32 turns whose number it knows; on a software adapter each load and store is much code, and
 * compiling such a kernel takes seconds.
 * @param rows a uniform that is 0 only where nothing is computed
 */
export function loopBound(count: string, rows: string): string {
  return `select(${count}, 0u, ${rows} == 0u)`;
}
