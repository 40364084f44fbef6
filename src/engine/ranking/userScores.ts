/** Scores of users against the whole catalogue, for as many users at a time as a scratch holds. */
import type { Tensor } from '../../gpu/tensor';
import { roundUp8, type Context } from '../context';
import type { UserBlock } from '../decoder/userBlocks';
import { scoreFloats, strideOf } from '../losses/scoredLoss';

/** Users whose scores are in the scratch. */
export interface ScoredUsers {
  /** [users, stride]; columns past the last item are without meaning. */
  readonly scores: Tensor;
  readonly stride: number;
  /** The first of them in their block. */
  readonly first: number;
  readonly users: number;
}

export class UserScores {
  private readonly scores: Tensor;
  private readonly stride: number;
  private readonly most: number;

  constructor(
    private readonly context: Context,
    private readonly items: number,
    private readonly embeddingSize: number,
    /** Added to the scores of each item, padded to whole quads; null: nothing is. */
    private readonly bias: Tensor | null = null,
  ) {
    this.stride = strideOf(items);
    const floats = scoreFloats(items);
    // GEMM tiles are 16 rows high.
    const most = Math.floor(floats / this.stride);
    this.most = most < 16 ? most : most - (most % 16);
    this.scores = context.memory.tensor(floats, 'scores of users');
  }

  /**
   * Queues the scores h·e, with the bias, of a block's users, then what `use` queues while the scores are
   * there. An item's scores do not depend on its place, so equal embeddings tie to the last bit.
   * @param catalogue [items, e], with room for rows to a multiple of 8
   */
  each(catalogue: Tensor, { h, users }: Pick<UserBlock, 'h' | 'users'>, use: (scored: ScoredUsers) => void): void {
    const { context, items, embeddingSize: e, scores, stride, most } = this;
    for (let first = 0; first < users; first += most) {
      const some = Math.min(most, users - first);
      context.gemm.run({
        kind: 'NT',
        rows: some,
        columns: roundUp8(items),
        depth: e,
        a: { tensor: h, stride: e, offset: first * e },
        b: { tensor: catalogue, stride: e },
        out: { tensor: scores, stride },
      });
      if (this.bias !== null) {
        context.recorder.dispatch({
          kernel: context.kernels.file('add_bias'),
          storage: { bias: this.bias, scores },
          params: { rows: some, items, stride },
          threads: some * Math.ceil(items / 4),
        });
      }
      use({ scores, stride, first, users: some });
    }
  }
}
