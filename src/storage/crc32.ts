/** CRC-32 (ISO 3309) as ZIP uses it, eight bytes at a time (Kounavis and Berry, “Slicing-by-8”). */
const SLICES = 8;

/** By position and byte: the contribution of a byte that many positions before the end of eight. */
const TABLE = new Uint32Array(256 * SLICES);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  TABLE[byte] = crc;
}
for (let at = 256; at < TABLE.length; at++) {
  const before = TABLE[at - 256]!;
  TABLE[at] = TABLE[before & 255]! ^ (before >>> 8);
}

export class Crc32 {
  #state = 0xffffffff;

  update(bytes: Uint8Array): this {
    let crc = this.#state;
    let at = 0;
    for (; at + SLICES <= bytes.length; at += SLICES) {
      crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      crc =
        TABLE[1792 + (crc & 255)]! ^
        TABLE[1536 + ((crc >>> 8) & 255)]! ^
        TABLE[1280 + ((crc >>> 16) & 255)]! ^
        TABLE[1024 + (crc >>> 24)]! ^
        TABLE[768 + bytes[at + 4]!]! ^
        TABLE[512 + bytes[at + 5]!]! ^
        TABLE[256 + bytes[at + 6]!]! ^
        TABLE[bytes[at + 7]!]!;
    }
    for (; at < bytes.length; at++) crc = TABLE[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
    this.#state = crc;
    return this;
  }

  get value(): number {
    return (this.#state ^ 0xffffffff) >>> 0;
  }
}
