/** All terms on the GPU by name. */
import type { TermId } from '../../recipe/terms';
import { spreadAttention } from './ent/loss';
import { generation } from './gen/loss';
import { imageReconstructed } from './img/loss';
import { itemReconstructed } from './item/loss';
import { keptToBase } from './kl/loss';
import { distanceOfWeights } from './l2/loss';
import { replayed } from './replay/loss';
import { reconstructed } from './rec/loss';
import type { TermLoss, TermParts } from './termLoss';

/** A term's memory is there for all arms, since they share an engine; L_img, L_kl and L_ent allocate none if no arm has them. */
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
  };
}
