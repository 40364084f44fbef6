import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { forkRandom } from '../random';
import { lookAtPicture, type PictureHeader } from './pictureHeader';

/** Written by tools/pictures/odd.py with Pillow. */
const ODD = JSON.parse(readFileSync('src/testing/oddPictures.json', 'utf8')) as Record<string, string>;

function odd(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(ODD[name]!, 'base64'));
}

const look = (name: string): Partial<PictureHeader> | string => {
  const { header, problem } = lookAtPicture(odd(name));
  return problem ?? header;
};

const plain = { width: 12, height: 10, animated: false, cmyk: false, turned: false };

describe('the header of a picture', () => {
  it.each(['png', 'jpeg', 'gif', 'webp', 'webp-lossless', 'bmp'])('reads format and size of %s', (name) => {
    expect(look(name)).toEqual({ ...plain, format: name.replace('-lossless', '') });
  });

  it('recognises animated, CMYK and rotated ones', () => {
    expect(look('gif-animated')).toMatchObject({ format: 'gif', animated: true });
    expect(look('webp-animated')).toMatchObject({ format: 'webp', animated: true });
    expect(look('png-animated')).toMatchObject({ format: 'png', animated: true });
    expect(look('jpeg-cmyk')).toMatchObject({ format: 'jpeg', cmyk: true });
    expect(look('jpeg-turned')).toMatchObject({ format: 'jpeg', turned: true, width: 12, height: 10 });
  });

  it('reads the size of an AVIF from its image spatial extents', () => {
    // Boxes as ISO/IEC 23008-12 has them, as far as they are read: ftyp, then somewhere below meta an ispe
    // with version, width and height.
    const avif = (brand: string): Uint8Array =>
      Uint8Array.from([
        ...[0, 0, 0, 16, ...Buffer.from(`ftyp${brand}`), 0, 0, 0, 0],
        ...[0, 0, 0, 28, ...Buffer.from('meta'), 0, 0, 0, 20, ...Buffer.from('ispe'), 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 10],
      ]);
    expect(lookAtPicture(avif('avif')).header).toEqual({ ...plain, format: 'avif' });
    expect(lookAtPicture(avif('avis')).header).toMatchObject({ animated: true });
  });

  it('refuses by content, whatever the name', () => {
    const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    const text = (content: string): string | null => lookAtPicture(new TextEncoder().encode(content)).problem;
    expect(text(svg)).toBe('svg');
    expect(text('<html><body>not found</body></html>')).toBe('unknownFormat');
    expect(text('')).toBe('unknownFormat');
    const png = odd('png');
    const sized = (width: number, height: number): Uint8Array => {
      const copy = png.slice();
      new DataView(copy.buffer).setUint32(16, width);
      new DataView(copy.buffer).setUint32(20, height);
      return copy;
    };
    expect(lookAtPicture(sized(0, 10)).problem).toBe('noPixels');
    expect(lookAtPicture(sized(10_000, 10_000)).problem).toBe('manyPixels');
    expect(lookAtPicture(sized(0xffffffff, 0xffffffff)).problem).toBe('manyPixels');
    expect(lookAtPicture(png.subarray(0, 20)).problem).toBe('damaged');
  });

  it('terminates on any bytes, and never accepts what is too large', () => {
    const random = forkRandom(7, 'damaged pictures');
    for (const name of Object.keys(ODD)) {
      for (let round = 0; round < 200; round++) {
        const bytes = odd(name).slice(0, 12 + random.integer(odd(name).length));
        for (let k = 0; k < 1 + random.integer(6); k++) bytes[random.integer(bytes.length)] = random.integer(256);
        const { header, problem } = lookAtPicture(bytes);
        expect(header === null ? problem.length > 0 : header.width * header.height <= 50e6 && header.width > 0).toBe(true);
      }
    }
  });
});
