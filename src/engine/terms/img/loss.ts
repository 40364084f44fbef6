/** L_img on the GPU: g reads c of every example whose target has a picture. */
import { write, type Tensor } from '../../../gpu/tensor';
import { gatherRows, scatterAddRows } from '../../rows/rows';
import type { TermLoss, TermParts, TermStep } from '../termLoss';
import { HistoryMean } from './historyMean';
import { ImageDecoder } from './imageDecoder';
import { FREQUENCIES } from './shapes';

/** Allocates its memory only if some arm has it: no other term has parameters that the layout may lack. */
export function imageReconstructed({ context, layout, objective, sizes, imageSize }: TermParts): TermLoss {
  const parts = layout.slots.has('img_3') ? new ImageTerm({ context, objective, sizes, imageSize }) : null;
  const needed = (): ImageTerm => {
    if (parts === null) throw new Error('the engine was made without visual features');
    return parts;
  };
  return {
    scope: 'picture reconstruction',
    into: ({ imageContext }) => (imageContext === 'interest' ? 'interest' : 'history'),
    load: (part, arm) => {
      needed().load(part, arm);
    },
    add: (step) => {
      needed().add(step);
    },
  };
}

class ImageTerm {
  private readonly decoder: ImageDecoder;
  private readonly history: HistoryMean;
  private readonly index: Tensor;
  private readonly h: Tensor;
  private readonly dc: Tensor;

  constructor(private readonly parts: Pick<TermParts, 'context' | 'objective' | 'sizes' | 'imageSize'>) {
    const { context, objective, sizes, imageSize } = parts;
    const { memory } = context;
    const { hidden, embeddingSize, texts: rows, historyItems: items } = sizes;
    const { imageUnits: units } = objective;
    this.decoder = new ImageDecoder(context, { rows, size: imageSize, units, frequencies: FREQUENCIES });
    this.history = new HistoryMean(context, { hidden, items, histories: rows });
    this.index = memory.tensor(rows, 'predictions with a picture');
    this.h = memory.tensor(rows * embeddingSize, 'h of pictures');
    this.dc = memory.tensor(rows * Math.max(embeddingSize, hidden), 'd c of pictures');
  }

  load({ images, packed }: TermStep['part'], { imageContext, imageLoss }: TermStep['arm']['spec']): void {
    if (images === null) throw new Error('the pictures of L_img were not packed');
    const { examples, draws } = images;
    this.decoder.load(draws, imageLoss);
    if (imageContext === 'history') this.history.load(packed, examples);
    else {
      const predictions = Uint32Array.from(examples, (example) => packed.embPredictions[example]!);
      write(this.parts.context.memory.device, this.index, predictions);
    }
  }

  add({ part, arm, views, pass, head, gradients, scratch, report, slot, weight }: TermStep): void {
    const { context, sizes, imageSize } = this.parts;
    const { examples, share } = part.images!;
    if (examples.length === 0) return;
    const rows = { rows: examples.length, size: sizes.embeddingSize };
    const call = { parameters: views.parameters, scale: share / imageSize, report, slot };
    const gradient = { weight, gradients, dc: this.dc };
    if (arm.spec.imageContext === 'history') {
      this.history.forward(pass.hidden);
      const c = { tensor: this.history.mean, width: sizes.hidden, matrix: 'img_m' } as const;
      this.decoder.run({ ...call, context: c }, gradient);
      this.history.backward(this.dc, scratch.hidden);
      return;
    }
    gatherRows(context, rows, { x: head.h, index: this.index, out: this.h });
    const c = { tensor: this.h, width: sizes.embeddingSize, matrix: 'img_h' } as const;
    this.decoder.run({ ...call, context: c }, gradient);
    scatterAddRows(context, rows, { x: this.dc, index: this.index, out: head.dh });
  }
}
