/**
 * Beam search on the GPU. The beams of a request stand side by side after its history in one sequence, each
 * hidden from the others. So a level costs one pass over the history and a row per code, except with sliding
 * windows. The result is that of decoding each beam alone with a cache of keys and values.
 */
import { readFloats, type Tensor } from '../../gpu/tensor';
import type { Arm } from '../arm';
import type { Engine } from '../engine';
import { packHistories, promptRows, type EncodedExample } from '../decoder/sequence';
import { stepSizes } from '../stepSizes';
import { Beams, type DecodedItems } from './beams';
import { codeTokens } from '../../model/codes/itemCodes';
import { logSumExp } from '../../statistics/logSumExp';
import { CodeTrie } from './codeTrie';

/** A request's prefixes that are scored in one sequence. */
interface Branches {
  readonly request: number;
  readonly first: number;
  readonly tokens: readonly (readonly number[])[];
}

export interface CodeRequests {
  /** e of all tokens under the arm, as `Evaluator.catalogue` leaves them on the GPU. */
  readonly catalogue: Tensor;
  readonly examples: readonly EncodedExample[];
  /** h of their [EMB]: [examples, e]. */
  readonly interest: Float32Array;
  /** For each example the items to leave out (never the target); empty: none. */
  readonly masked: readonly (readonly number[])[];
  readonly width: number;
}

export class CodeDecoder {
  private readonly trie: CodeTrie;

  constructor(private readonly engine: Engine) {
    this.trie = new CodeTrie(engine.codes);
  }

  async decode(arm: Arm, { catalogue, examples, interest, masked, width }: CodeRequests): Promise<DecodedItems[]> {
    const { trie, engine } = this;
    const table = await this.table(arm, catalogue);
    const e = engine.inputs.spec.objective.embeddingSize;
    const requests = examples.map(({ target }, index) => new Beams(trie, width, masked[index] ?? [], target));
    for (const [index, request] of requests.entries()) {
      const first = table.logProbabilities(interest.subarray(index * e, (index + 1) * e));
      request.advance([first, first]);
    }
    for (let level = 1; level < trie.levels; level++) {
      const scored = requests.map(({ open }) => new Array<Float64Array>(open.length));
      for (const group of this.groups(examples, requests)) {
        const h = await this.interestOf(arm, examples, group);
        let row = 0;
        for (const { request, first, tokens } of group) {
          tokens.forEach((_, branch) => {
            scored[request]![first + branch] = table.logProbabilities(h.subarray(row * e, (row + 1) * e));
            row += 1;
          });
        }
      }
      for (const [index, request] of requests.entries()) request.advance(scored[index]!);
    }
    return requests.map((request) => request.finish());
  }

  /** All prefixes of all requests, in as few passes as have room for them. */
  private *groups(examples: readonly EncodedExample[], requests: readonly Beams[]): Generator<readonly Branches[], void> {
    const { inputs } = this.engine;
    const room = stepSizes(inputs);
    const sinkRows = Number(inputs.spec.arms.some(({ sinkToken }) => sinkToken));
    // Windows count rows, those of other beams included, so where layers have some every beam gets a sequence
    // of its own.
    const beside = inputs.config.attention.every(({ window }) => window === null) ? Infinity : 1;
    const options = this.engine.packOptions(false);
    let group: Branches[] = [];
    let [rows, dense, predictions] = [0, 0, 0];
    for (const [request, { open }] of requests.entries()) {
      const example = examples[request]!;
      const prompt = promptRows(example, options) + sinkRows;
      const history = example.history.length * this.trie.levels;
      const depth = open[0]!.length;
      for (let first = 0; first < open.length;) {
        const most = Math.min(
          Math.floor((room.rows - rows - prompt) / depth),
          Math.floor((room.denseRows - dense - history) / depth),
          room.predictions - predictions - 1,
          open.length - first,
        );
        const together = Math.min(beside, open.length - first);
        // A request's prefixes stay together if they fit into a pass of their own.
        if (most < together && group.length > 0) {
          yield group;
          group = [];
          [rows, dense, predictions] = [0, 0, 0];
          continue;
        }
        if (most < 1) throw new RangeError('a pass has no room for one beam of a history');
        const some = Math.min(most, together);
        group.push({ request, first, tokens: open.slice(first, first + some) });
        rows += prompt + some * depth;
        dense += history + some * depth;
        predictions += 1 + some;
        first += some;
      }
    }
    if (group.length > 0) yield group;
  }

  /** h after every prefix of a group: [prefixes, e]. */
  private async interestOf(arm: Arm, examples: readonly EncodedExample[], group: readonly Branches[]): Promise<Float32Array> {
    const { context, head, histories, inputs } = this.engine;
    const e = inputs.spec.objective.embeddingSize;
    const packed = packHistories(
      group.map(({ request }) => examples[request]!),
      { ...this.engine.packOptions(false, arm.spec), positions: 'last', branches: group.map(({ tokens }) => tokens) },
    );
    histories.load(packed);
    head.loadRows(packed);
    histories.forward(this.engine.use(arm));
    const predictions = packed.predictionRows.length;
    head.interest(histories.pass, predictions, arm.parameters);
    context.recorder.submit();
    const [h] = await readFloats(context.memory, [{ tensor: head.h, elements: predictions * e }]);
    // The first prediction of a sequence is [EMB]'s.
    const embs = new Set(packed.embPredictions);
    return h!.filter((_, at) => !embs.has(Math.floor(at / e)));
  }

  /** Output rows of an arm's codes, as scored, and the factor of their scores. */
  private async table(arm: Arm, catalogue: Tensor): Promise<CodeTable> {
    const { context, inputs } = this.engine;
    const { embeddingSize, similarity } = inputs.spec.objective;
    const tokens = codeTokens(this.engine.codes);
    const [e, logScale] = await readFloats(context.memory, [
      { tensor: catalogue, elements: tokens * embeddingSize },
      { tensor: arm.parameters.named('log_scale'), elements: 1 },
    ]);
    return new CodeTable(e!, embeddingSize, similarity === 'cosine' ? Math.exp(logScale![0]!) : 1);
  }
}

class CodeTable {
  constructor(
    private readonly rows: Float32Array,
    private readonly size: number,
    private readonly scale: number,
  ) {}

  /** log softmax over all tokens of scale·h·e. */
  logProbabilities(h: Float32Array): Float64Array {
    const { rows, size, scale } = this;
    const scores = new Float64Array(rows.length / size);
    for (let token = 0; token < scores.length; token++) {
      let sum = 0;
      for (let c = 0; c < size; c++) sum += h[c]! * rows[token * size + c]!;
      scores[token] = scale * sum;
    }
    const total = logSumExp(scores);
    return scores.map((score) => score - total);
  }
}
