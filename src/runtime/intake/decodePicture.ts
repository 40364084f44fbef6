/** Bytes to pixels with the browser's own decoders; anything unsafe for them is refused first. */
import type { Pixels } from '../../model/vision/visionModel';
import { lookAtPicture, PICTURE_ODDITIES, type PictureOddity, type PictureProblem } from '../../log/source/pictureHeader';
import { THUMBNAIL_SIDE } from '../../log/types';
import { withoutOpacity } from '../../record/pixels';

export interface DecodedPicture {
  /** No side is longer than a model needs. */
  readonly pixels: Pixels;
  /** RGB [side, side, 3], the whole picture, on white. */
  readonly thumbnail: Uint8Array;
  readonly notes: readonly PictureOddity[];
}

/** Vision models need 224 to 518 pixels per side; larger pictures are reduced here, once. */
const MOST_SIDE = 768;

/** @returns the picture, or why it is left out */
export async function decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<DecodedPicture | PictureProblem | 'undecodable'> {
  const { header, problem } = lookAtPicture(bytes);
  if (problem !== null) return problem;
  let bitmap: ImageBitmap;
  try {
    // Rotated according to its EXIF data: the default, stated because features depend on it.
    bitmap = await createImageBitmap(new Blob([bytes], { type: `image/${header.format}` }), { imageOrientation: 'from-image' });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return 'undecodable';
  }
  try {
    const share = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
    const pixels = drawn(bitmap, Math.max(1, Math.round(share * bitmap.width)), Math.max(1, Math.round(share * bitmap.height)));
    const thumbnail = withoutOpacity(drawn(bitmap, THUMBNAIL_SIDE, THUMBNAIL_SIDE).data);
    return { pixels, thumbnail, notes: PICTURE_ODDITIES.filter((oddity) => header[oddity]) };
  } finally {
    bitmap.close();
  }
}

/** On white where it is transparent; fitted, not stretched, into a square thumbnail. */
function drawn(bitmap: ImageBitmap, width: number, height: number): Pixels {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  const share = Math.min(width / bitmap.width, height / bitmap.height);
  const [w, h] = [share * bitmap.width, share * bitmap.height];
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, width, height);
  return { data, width, height };
}
