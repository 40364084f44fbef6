/** Pixels with and without their opacity. */

/** RGB to RGBA, opaque. */
export function opaque(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let at = 0; at < rgb.length / 3; at++) pixels.set(rgb.subarray(3 * at, 3 * at + 3), 4 * at);
  return pixels;
}

/** RGBA to RGB. */
export function withoutOpacity(rgba: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array((rgba.length / 4) * 3);
  for (let at = 0; at < rgba.length / 4; at++) pixels.set(rgba.subarray(4 * at, 4 * at + 3), 3 * at);
  return pixels;
}
