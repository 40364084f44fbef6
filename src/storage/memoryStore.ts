/** A store that lives as long as the page, for Node and browsers without a file system for pages. */
import { byGroup, type FileFacts, type FileStore } from './fileStore';

interface Held {
  facts: FileFacts;
  readonly pieces: Uint8Array<ArrayBuffer>[];
}

export function memoryStore(): FileStore {
  const files = new Map<string, Held>();
  const described = ({ facts, pieces }: Held) => ({ ...facts, bytes: pieces.reduce((sum, { length }) => sum + length, 0) });
  return {
    stat: (key) => {
      const held = files.get(key);
      return Promise.resolve(held === undefined ? null : described(held));
    },
    blob: (key) => {
      const held = files.get(key);
      return held === undefined
        ? Promise.reject(new RangeError(`Nothing is kept under ${key}.`))
        : Promise.resolve(new Blob(held.pieces));
    },
    append: (facts, from) => {
      const before = from === 'end' ? files.get(facts.key) : undefined;
      const held: Held = { facts: { ...facts, hash: null }, pieces: before?.pieces ?? [] };
      files.set(facts.key, held);
      return Promise.resolve({
        write: (piece) => {
          // The reader of a stream may reuse its buffer.
          held.pieces.push(piece.slice());
        },
        finish: (hash) => {
          held.facts = { ...held.facts, hash };
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      });
    },
    list: () => Promise.resolve([...files.values()].map(described).sort(byGroup)),
    delete: (key) => {
      files.delete(key);
      return Promise.resolve();
    },
  };
}
