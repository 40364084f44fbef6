/** What may have happened to a file in transfer. */
import { forkRandom } from '../log/random';

/** `cut`: its last two fifths are missing; `changed`: one byte in 50,000 is changed. */
export const DAMAGES = ['whole', 'cut', 'changed'] as const;
export type Damage = (typeof DAMAGES)[number];

export function damaged(bytes: Uint8Array<ArrayBuffer>, damage: Damage): Uint8Array<ArrayBuffer> {
  if (damage === 'whole') return bytes;
  if (damage === 'cut') return bytes.slice(0, Math.floor(0.6 * bytes.length));
  const changed = bytes.slice();
  const random = forkRandom(4, 'damage');
  for (let change = 0; change < bytes.length / 50_000; change++)
    changed[random.integer(bytes.length)]! ^= 1 + random.integer(255);
  return changed;
}
