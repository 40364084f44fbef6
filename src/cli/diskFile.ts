/**
 * A file of a model on disk, read in ranges: neither a buffer nor Node's blobs, which count bytes in 32 bits,
 * hold one of 4 GiB.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { unreadableFile, type ModelFile } from '../model/source/modelSource';

/**
 * @throws the file system's error if there is no such file, Error if it is a folder; once opened, reading it
 * throws ModelError if it has been moved, or has become shorter
 */
export async function diskFile(where: string): Promise<ModelFile> {
  const name = path.basename(where);
  const found = await stat(where);
  if (!found.isFile()) throw new Error(`${where} is not a file`);
  const { size } = found;
  const gone = (cause?: unknown): never => {
    throw unreadableFile(name, cause);
  };
  let known: Promise<string> | undefined;
  return {
    name,
    bytes: size,
    hash: () => (known ??= hashOf(where).catch(gone)),
    async read(begin, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - begin));
      if ((await readInto(bytes, where, begin).catch(gone)) < bytes.length) gone();
      return bytes;
    },
  };
}

/** @returns how many bytes there were */
async function readInto(bytes: Uint8Array, where: string, begin: number): Promise<number> {
  const file = await open(where);
  try {
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, begin + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  } finally {
    await file.close();
  }
}

async function hashOf(where: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(where)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
