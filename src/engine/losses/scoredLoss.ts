/**
 * Losses over scores = H·Eᵀ without ever holding all scores: they are computed, used and overwritten one tile
 * at a time (after Liger Kernel, arXiv 2410.10989; Cut Cross-Entropy, arXiv 2411.09009). Serves the LM head
 * (E = vocabulary) and the action loss (E = items).
 */
import type { Tensor } from '../../gpu/tensor';
import { roundUp8, type Context } from '../context';
import { shardsOf, type Matrix } from '../gemm/gemmCall';
import { readerPrelude } from '../gemm/weightMatrix';
import { rowLossPrelude, stateFloats, type RowLoss } from './rowLoss';

/** Where a loss is added: report[slot]. */
export interface LossSlot {
  readonly report: Tensor;
  readonly slot: number;
}

export interface ScoredRows extends LossSlot {
  readonly loss: RowLoss;
  readonly rows: number;
  /** Real columns; `e` has them padded with zero rows to a multiple of 8. */
  readonly columns: number;
  /** Must be even. */
  readonly depth: number;
  /** [rows, depth] and [columns padded, depth]. */
  readonly h: Tensor;
  readonly e: Matrix;
  /** Column of each row's target. */
  readonly targetColumn: Tensor;
  /** For each column from `from` on, the one row that sees it; null lets every row see every column. */
  readonly owned: { readonly from: number; readonly owner: Tensor } | null;
  /** Products are multiplied by exp(logScale[0]); null leaves them as they are. */
  readonly logScale: Tensor | null;
  /** Added to the scores of each column [columns padded], after scaling; null: nothing is. */
  readonly offset: Tensor | null;
  /**
   * Items of histories, and (first, count, –, all) of those of each row, whose columns it does not see
   * (`hide_seen`); null or left out: none.
   */
  readonly seen?: { readonly items: Tensor; readonly spans: Tensor } | null;
  /** Loss = Σ rowWeight·(loss of the row). */
  readonly rowWeight: Tensor;
  /**
   * Null evaluates only. Gradients of `weight`·loss: `dh` [rows, depth] and, unless frozen, `de` [columns
   * padded, depth].
   */
  readonly gradient: { readonly weight: number; readonly dh: Tensor; readonly de: Tensor | null } | null;
}

interface Tile {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** Minimum number of rows for which a run over all columns is worth reading E and its gradient. */
const WHOLE_ROWS = 64;
/** Rows of a tile that holds some of the columns. */
const PART_ROWS = 1024;
/** Quads of columns that one thread processes in a tile. */
const QUADS_A_LANE = 16;

/** Floats of scores held at once: 2 MB, or 8 per column if E itself is far larger. */
export function scoreFloats(columns: number): number {
  return Math.max(1 << 19, 8 * roundUp8(columns));
}

/**
 * Rows and columns scored at once. If `floats` hold WHOLE_ROWS rows, a run of whole rows: each score is
 * computed once. Otherwise some of the columns for up to PART_ROWS rows: scores are computed again for the
 * gradient, four products instead of three, but E and its gradient are read and written once for many rows.
 * @param columns a multiple of 8
 */
export function tileOf(rows: number, columns: number, floats: number): { readonly rows: number; readonly columns: number } {
  const whole = Math.floor(floats / strideOf(columns));
  // GEMM tiles are 8 rows high.
  if (whole >= Math.min(rows, WHOLE_ROWS)) return { rows: Math.min(rows, whole < 8 ? whole : whole - (whole % 8)), columns };
  const part = Math.min(rows, PART_ROWS);
  const most = Math.floor(floats / part);
  return { rows: part, columns: most - (most % (most < APART ? 8 : APART)) };
}

/** Rows of scores lie as far apart as they must for a copy to a texture. */
const APART = 64;

/** Floats from one row of a tile's scores to the next. */
export function strideOf(columns: number): number {
  const unit = columns < APART ? 8 : APART;
  return unit * Math.ceil(columns / unit);
}

export class ScoredLoss {
  private readonly logits: Tensor;
  /** State of every row of the last call, which `crossEntropies` reads. */
  readonly state: Tensor;
  private readonly partials: Tensor;
  private readonly nothing: Tensor;

  /**
   * @param most maximum numbers of rows and columns in a call, and the losses that calls may use
   * @param floats size of the scratch for scores, at least 8 · PART_ROWS
   */
  constructor(
    private readonly context: Context,
    private readonly most: { readonly rows: number; readonly columns: number; readonly losses: readonly RowLoss[] },
    private readonly floats = scoreFloats(most.columns),
  ) {
    const { rows, losses } = most;
    this.logits = context.memory.tensor(floats, 'scores of a tile');
    this.state = context.memory.tensor(rows * Math.max(...losses.map(stateFloats)), 'loss state');
    const kept = Math.max(...losses.map((loss) => loss.kept));
    this.partials = context.memory.tensor(kept * (rows + Math.ceil(floats / 4 / QUADS_A_LANE)), 'loss partials');
    this.nothing = context.memory.tensor(4, 'unused binding');
  }

  /** @throws RangeError when there are more rows than fit. */
  run(call: ScoredRows): void {
    const { rows, columns, gradient } = call;
    if (rows > this.most.rows) throw new RangeError(`${rows} rows, room for ${this.most.rows}`);
    const size = tileOf(rows, roundUp8(columns), this.floats);
    this.targetScores(call);
    for (let firstRow = 0; firstRow < rows; firstRow += size.rows) {
      const run = { firstRow, rows: Math.min(size.rows, rows - firstRow) };
      const tiles: Tile[] = [];
      for (let firstColumn = 0; firstColumn < columns; firstColumn += size.columns)
        tiles.push({ ...run, firstColumn, columns: Math.min(size.columns, columns - firstColumn) });
      const lanes = Math.ceil(size.columns / 4 / QUADS_A_LANE);
      for (const tile of tiles) {
        this.score(call, tile);
        this.partial(call, tile, lanes);
      }
      this.join(call, run, lanes);
      if (gradient === null) continue;
      // In reverse: the scores of the last tile are still there.
      for (const tile of tiles.toReversed()) {
        const last = tile === tiles.at(-1);
        if (!last) this.score(call, tile);
        this.gradient(call, gradient.weight, tile, lanes);
        this.multiplyBack(call, gradient, tile, !last);
      }
    }
    const { context, state } = this;
    context.recorder.dispatch({
      kernel: this.kernel('reduce_loss', call),
      storage: { state, row_weight: call.rowWeight, out: call.report },
      params: { rows, slot: call.slot },
      workgroups: [1, 1, 1],
    });
  }

  private targetScores(call: ScoredRows): void {
    const { context, state, nothing } = this;
    const { rows, h, e, targetColumn, logScale, depth } = call;
    const prelude = { ...readerPrelude({ columns: depth, format: e.format ?? 'f32' }, 'e', 6), ...preludeOf(call) };
    for (const { tensor, scales, first, rows: count } of shardsOf(e)) {
      context.recorder.dispatch({
        kernel: context.kernels.file('target_score', prelude),
        storage: {
          h,
          e: tensor,
          ...(scales === undefined ? {} : { e_scales: scales }),
          target_column: targetColumn,
          log_scale: logScale ?? nothing,
          ...offsetOf(call),
          state,
        },
        params: { rows, scaled: Number(logScale !== null), first, count },
        threads: rows,
      });
    }
  }

  private score({ depth, h, e, seen, targetColumn }: ScoredRows, tile: Tile): void {
    const width = roundUp8(tile.columns);
    this.context.gemm.run({
      kind: 'NT',
      rows: tile.rows,
      columns: width,
      depth,
      a: rowsFrom(h, tile.firstRow, depth),
      b: { ...e, offset: tile.firstColumn * depth },
      out: { tensor: this.logits, stride: strideOf(tile.columns) },
    });
    if (!seen) return;
    this.context.recorder.dispatch({
      kernel: this.context.kernels.file('hide_seen'),
      storage: { span: seen.spans, seen: seen.items, target_column: targetColumn, logits: this.logits },
      params: {
        first_row: tile.firstRow,
        rows: tile.rows,
        first_column: tile.firstColumn,
        columns: tile.columns,
        stride: strideOf(tile.columns),
      },
      threads: tile.rows,
    });
  }

  private partial(call: ScoredRows, tile: Tile, lanes: number): void {
    const { context, logits, state, partials } = this;
    const storage = { ...this.columnsOf(call), ...offsetOf(call), logits, state, partials };
    context.recorder.dispatch({
      kernel: this.kernel('loss_partial', call),
      storage,
      params: paramsOf(call, tile, lanes),
      threads: tile.rows * lanes,
    });
  }

  private join(call: ScoredRows, run: Pick<Tile, 'firstRow' | 'rows'>, lanes: number): void {
    const { context, state, partials } = this;
    const params = { first_row: run.firstRow, rows: run.rows, lanes };
    context.recorder.dispatch({
      kernel: this.kernel('loss_state', call),
      storage: { partials, state },
      params,
      threads: run.rows,
    });
  }

  private gradient(call: ScoredRows, weight: number, tile: Tile, lanes: number): void {
    const { context, logits, state } = this;
    const storage = { ...this.columnsOf(call), ...offsetOf(call), logits, state, row_weight: call.rowWeight };
    const params = { ...paramsOf(call, tile, lanes), weight };
    context.recorder.dispatch({ kernel: this.kernel('loss_gradient', call), storage, params, threads: tile.rows * lanes });
  }

  /**
   * dH += G·E and dE += Gᵀ·H, G the gradient of a tile's scores; the first tile of a run of rows overwrites
   * dH, the first run dE.
   */
  private multiplyBack(
    { depth, h, e }: ScoredRows,
    { dh, de }: { readonly dh: Tensor; readonly de: Tensor | null },
    tile: Tile,
    accumulate: boolean,
  ): void {
    const { gemm } = this.context;
    const width = roundUp8(tile.columns);
    const scores = { tensor: this.logits, stride: strideOf(tile.columns) };
    const offset = tile.firstColumn * depth;
    gemm.run({
      kind: 'NN',
      rows: tile.rows,
      columns: depth,
      depth: width,
      a: scores,
      b: { ...e, offset },
      out: rowsFrom(dh, tile.firstRow, depth),
      accumulate,
    });
    if (de === null) return;
    gemm.run({
      kind: 'TN',
      rows: width,
      columns: depth,
      depth: tile.rows,
      a: scores,
      b: rowsFrom(h, tile.firstRow, depth),
      out: { tensor: de, stride: depth, offset },
      accumulate: tile.firstRow > 0,
    });
  }

  private kernel(name: string, call: ScoredRows): ReturnType<Context['kernels']['file']> {
    return this.context.kernels.file(name, preludeOf(call));
  }

  private columnsOf({ targetColumn, owned }: ScoredRows): { readonly target_column: Tensor; readonly owner: Tensor } {
    return { target_column: targetColumn, owner: owned?.owner ?? this.nothing };
  }
}

/** Losses of single rows of SOFTMAX from their states [rows, 4], as `reduce_loss` adds them up. */
function crossEntropies(state: Float32Array): Float64Array {
  return Float64Array.from({ length: state.length / 4 }, (_, row) => {
    const [most, sum, target] = state.subarray(4 * row);
    return most! + Math.log(sum!) - target!;
  });
}

/**
 * Mean loss of the rows of each text, which follow one another, from the same states.
 * @param lengths rows of every text
 */
export function meanCrossEntropies(state: Float32Array, lengths: readonly number[]): number[] {
  const losses = crossEntropies(state);
  let first = 0;
  return lengths.map((length) => losses.subarray(first, (first += length)).reduce((sum, loss) => sum + loss / length, 0));
}

function preludeOf({ loss, offset }: ScoredRows): ReturnType<typeof rowLossPrelude> {
  return rowLossPrelude(loss, offset !== null);
}

function offsetOf({ offset }: ScoredRows): { readonly offset?: Tensor } {
  return offset === null ? {} : { offset };
}

function paramsOf({ columns, owned }: ScoredRows, tile: Tile, lanes: number): Readonly<Record<string, number>> {
  return {
    first_row: tile.firstRow,
    rows: tile.rows,
    first_column: tile.firstColumn,
    columns: tile.columns,
    stride: strideOf(tile.columns),
    shared_columns: owned?.from ?? columns,
    lanes,
  };
}

function rowsFrom(tensor: Tensor, first: number, depth: number): Matrix {
  return { tensor, stride: depth, offset: first * depth };
}
