/** All terms on the GPU by name. */
import type { TermId } from '../../recipe/terms';
import { spreadAttention } from '../terms/ent/loss';
import { generation } from '../terms/gen/loss';
import { imageReconstructed } from '../terms/img/loss';
import { itemReconstructed } from '../terms/item/loss';
import { keptToBase } from '../terms/kl/loss';
import { distanceOfWeights } from '../terms/l2/loss';
import { replayed } from '../terms/replay/loss';
import { reconstructed } from '../terms/rec/loss';
import type { TermLoss, TermParts } from '../terms/termLoss';
import { keptNormaliser } from '../terms/z/loss';

/**
 * A term's memory is there for all arms, since they share an engine; L_img, L_kl and L_ent allocate none if
 * no arm has them.
 */
export function createTerms(parts: TermParts): Readonly<Record<TermId, TermLoss>> {
  return {
    gen: generation(parts),
    rec: reconstructed(parts),
    item: itemReconstructed(parts),
    img: imageReconstructed(parts),
    kl: keptToBase(parts),
    replay: replayed(parts),
    l2: distanceOfWeights(parts),
    ent: spreadAttention(parts),
    z: keptNormaliser(),
  };
}
