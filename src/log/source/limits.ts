import { refuse } from '../issues';

/**
 * Maximum unpacked bytes per packed byte, beyond `FREE_BYTES`; logs reach 5–40, a ZIP bomb 1,000 and more.
 */
const MOST_RATIO = 200;
const FREE_BYTES = 20e6;
/** Maximum unpacked bytes of one file. */
const MOST_UNPACKED = 8e9;

/**
 * Passes bytes on until there are more than any log has. `packed` returns the number of packed bytes so far.
 */
export function limitUnpacked(
  file: string,
  packed: () => number,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.byteLength;
      if (total > MOST_UNPACKED || (total > FREE_BYTES && total > MOST_RATIO * packed())) {
        const message =
          total > MOST_UNPACKED
            ? `The file unpacks to more than ${MOST_UNPACKED / 1e9} GB. Cut it to fewer users.`
            : `The file unpacks to more than ${MOST_RATIO} times its size, more than any log. If it is a log, unpack it first.`;
        throw refuse(file, message);
      }
      controller.enqueue(chunk);
    },
  });
}
