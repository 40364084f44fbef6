/** L_img: the next item's picture, its visual features v, from the interest embedding or from the history. */
import { message } from '../../../words/words';
import type { ObjectiveTerm } from '../term';

/** Parameters of g, which exist if an arm has L_img. */
export const IMAGE_MATRICES = ['img_z', 'img_h', 'img_m', 'img_t', 'img_2', 'img_3'] as const;
export const IMAGE_BIASES = ['img_b1', 'img_b2', 'img_b3'] as const;

export const img: ObjectiveTerm = {
  rows: 'images',
  parameters: [...IMAGE_MATRICES, ...IMAGE_BIASES],
  words: {
    symbol: 'L_img',
    lambda: 'λ_img',
    unit: message('mean square'),
    tag: 'R',
    plotted: message('reconstruction of the next item’s picture, its visual features v'),
    definition:
      'flow matching of the target’s visual features v: τ ~ U(0, 1), ε ~ N(0, I), z = (1 − τ)·ε + τ·v; mean over the examples whose target has a picture, then over the d numbers of v, of (g(z, τ, c) − (v − ε))². c is h_t of [EMB], or the mean of the hidden states at the history’s item positions. No stop-gradient.',
    sentence: ({ imageUnits }) =>
      `L_img is the mean square error of g(z, τ, c) against v − ε at z = (1 − τ)ε + τv, τ uniform and ε normal, v the target’s visual features [R that it is conditional diffusion or flow matching; form O]; g is an MLP with two hidden layers of ${imageUnits} units that each arm trains, and gradients flow into c [O].`,
  },
};
