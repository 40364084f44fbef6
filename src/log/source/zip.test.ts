import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64 } from '../../record/base64';
import { LogError } from '../types';
import { listEntries } from './zip';

/**
 * Made by Python's zipfile with ZIP64_LIMIT = -1, so that every size and offset has 64 bits: a.csv and
 * b/c.csv, deflated.
 */
const ZIP64 = fromBase64(
  'UEsDBC0AAAAIAAAAIQDipLOn//////////8FABQAYS5jc3YBABAACgAAAAAAAAAMAAAAAAAAACstTi3SySxJzeUCAFBLAwQtAAAACAAAACEAM0IhVf//////////BwAUAGIvYy5jc3YBABAABAAAAAAAAAAGAAAAAAAAADPUMeICAFBLAQItAy0AAAAIAAAAIQDipLOn//////////8FABwAAAAAAAAAAACAAf////9hLmNzdgEAGAAKAAAAAAAAAAwAAAAAAAAAAAAAAAAAAABQSwECLQMtAAAACAAAACEAM0IhVf//////////BwAcAAAAAAAAAAAAgAH/////Yi9jLmNzdgEAGAAEAAAAAAAAAAYAAAAAAAAAQwAAAAAAAABQSwYGLAAAAAAAAAAtAC0AAAAAAAAAAAACAAAAAAAAAAIAAAAAAAAAoAAAAAAAAACCAAAAAAAAAFBLBgcAAAAAIgEAAAAAAAABAAAAUEsFBgAAAAACAAIAoAAAAIIAAAAAAA==',
);
/**
 * Fields of the end record: number of files on this disk and in total, and the directory's size and offset.
 */
const END = ZIP64.length - 22;

function full(): Uint8Array<ArrayBuffer> {
  return ZIP64.slice().fill(0xff, END + 8, END + 20);
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  const entries = await listEntries('log.zip', new Blob([bytes]));
  const texts = entries.map(async ({ path, data }) => {
    const text = await new Response(data.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
    return [path, text] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

describe('ZIP64', () => {
  it.each([
    ['entries in 64 bits', ZIP64.slice()],
    ['the directory, too', full()],
  ])('is read: %s', async (_, bytes) => {
    expect(await unpacked(bytes)).toEqual({ 'a.csv': 'user,item\n', 'b/c.csv': '1,2\n' });
  });

  it('is refused if its record is missing', async () => {
    const bytes = full();
    bytes[END - 20 + 8]! += 1;
    await expect(unpacked(bytes)).rejects.toThrow(/ZIP64 record/);
  });

  it('with a damaged byte is read or refused with an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(ZIP64.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = full();
        bytes[at] = byte;
        await listEntries('log.zip', new Blob([bytes])).catch((error: unknown) => {
          expect(error).toBeInstanceOf(LogError);
        });
      }),
      { numRuns: 600 },
    );
  });
});
