/**
 * One value that is replaced repeatedly and must never be lost: two slots in turn. A write goes to the slot
 * that is not the newest whole one, so if writing is interrupted the previous value is still there. A slot is
 * whole if its hash is correct, which makes the switch atomic.
 */

import { Turns } from './turns';

/** The two files, used for one operation at a time. */
export interface SlotFiles {
  /** Null if there is none. */
  read(slot: 0 | 1): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Replaces the file and flushes it. @throws StorageFullError when there is no room */
  write(slot: 0 | 1, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(slot: 0 | 1): Promise<void>;
}

const MAGIC = new TextEncoder().encode('KSLOT001');
/**
 * The hash follows the magic word and covers everything after it: sequence and length (f64, little-endian),
 * and the value.
 */
const HASHED = MAGIC.length + 32;
const HEADER = HASHED + 16;

interface Slot {
  readonly slot: 0 | 1;
  readonly sequence: number;
  readonly value: Uint8Array<ArrayBuffer>;
}

export class TwoSlots {
  /** A value that is read while another is written must not count as the newest. */
  readonly #turns = new Turns();
  /** Where the newest whole value is; undefined until known. */
  #newest: Omit<Slot, 'value'> | null | undefined;
  #damaged = 0;

  constructor(private readonly files: SlotFiles) {}

  /**
   * How many of the slots held something that was not whole when they were last read: writing it was
   * interrupted, or it was damaged later.
   */
  get damaged(): number {
    return this.#damaged;
  }

  /** The newest whole value, or null. */
  read(): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#turns.take(() => this.#read());
  }

  /** @throws StorageFullError when there is no room; the previous value is kept */
  write(value: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#turns.take(() => this.#write(value));
  }

  clear(): Promise<void> {
    return this.#turns.take(async () => {
      await this.files.remove(0);
      await this.files.remove(1);
      this.#newest = null;
    });
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#damaged = 0;
    const slots = [await this.#slot(0), await this.#slot(1)].filter((slot) => slot !== null);
    const newest = slots.sort((a, b) => b.sequence - a.sequence)[0] ?? null;
    this.#newest = newest;
    return newest?.value ?? null;
  }

  async #write(value: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#newest === undefined) await this.#read();
    const slot = this.#newest?.slot === 0 ? 1 : 0;
    const sequence = (this.#newest?.sequence ?? 0) + 1;
    await this.files.write(slot, await framed(value, sequence));
    this.#newest = { slot, sequence };
  }

  async #slot(slot: 0 | 1): Promise<Slot | null> {
    const bytes = await this.files.read(slot);
    if (bytes === null) return null;
    if (!(await isWhole(bytes))) {
      this.#damaged++;
      return null;
    }
    const numbers = new DataView(bytes.buffer, bytes.byteOffset + HASHED);
    return { slot, sequence: numbers.getFloat64(0, true), value: bytes.subarray(HEADER) };
  }
}

async function isWhole(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (bytes.length < HEADER || !MAGIC.every((byte, at) => bytes[at] === byte)) return false;
  const numbers = new DataView(bytes.buffer, bytes.byteOffset + HASHED);
  if (numbers.getFloat64(8, true) !== bytes.length - HEADER) return false;
  const hash = await sha256(bytes.subarray(HASHED));
  return hash.every((byte, at) => bytes[MAGIC.length + at] === byte);
}

async function framed(value: Uint8Array<ArrayBuffer>, sequence: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(HEADER + value.length);
  bytes.set(MAGIC);
  const numbers = new DataView(bytes.buffer, HASHED);
  numbers.setFloat64(0, sequence, true);
  numbers.setFloat64(8, value.length, true);
  bytes.set(value, HEADER);
  bytes.set(await sha256(bytes.subarray(HASHED)), MAGIC.length);
  return bytes;
}

/** The platform's own, which exists wherever files are stored and does not block the thread. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** Slots that live as long as the program. */
export function memorySlots(): SlotFiles {
  const slots = new Map<number, Uint8Array<ArrayBuffer>>();
  return {
    read: (slot) => Promise.resolve(slots.get(slot)?.slice() ?? null),
    write: (slot, bytes) => {
      slots.set(slot, bytes.slice());
      return Promise.resolve();
    },
    remove: (slot) => {
      slots.delete(slot);
      return Promise.resolve();
    },
  };
}
