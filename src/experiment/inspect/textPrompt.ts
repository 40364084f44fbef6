/** Prompts as rows that enter the first block, for a base model or an arm: docs/method.md, "Sequence". */
import { itemText } from '../../log/itemText';
import type { Target } from '../../log/types';
import { slotOf } from '../../engine/parameters';
import { packHistories, SOURCE, type EncodedExample, type PackedHistories, type TokenTable } from '../../engine/decoder/sequence';
import { trainedParameter, type TrainedArm } from '../../engine/trainedArm';
import type { CatalogueFeatures } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import { required } from '../../model/weightSource';
import { withFreeCodes, type RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from '../prepare/preparedData';

type Model = Pick<LoadedModel, 'config' | 'weights'>;
type Parameters = Pick<TrainedArm, 'layout' | 'flat'>;

/** What histories are built from. */
export interface HistoryInputs {
  readonly features: CatalogueFeatures;
  readonly titleTokens: TokenTable;
  readonly objective: RunSpec['objective'];
}

export interface HistoryPrompt {
  /** [n, hidden], [EMB] last. */
  readonly rows: Float32Array;
  /** The position that generated tokens do not attend to; null if they see all. */
  readonly hide: number | null;
}

/**
 * `[BOS] (sink) items ([QUERY] query) [EMB]` under an arm's parameters; its start parameters give the base
 * model's.
 */
export async function historyPrompt(
  model: Model,
  inputs: HistoryInputs,
  example: EncodedExample,
  parameters: Parameters,
  sinkToken = false,
): Promise<HistoryPrompt> {
  const { hidden, bosId } = model.config;
  const { itemInterface, hideEmbFromText, embToken } = inputs.objective;
  const packed = packHistories([example], {
    itemInterface,
    hideEmbFromText,
    embToken,
    sinkToken,
    positions: 'last',
    skipItems: 0,
    titleTokens: inputs.titleTokens,
    ...(inputs.features.codes && { codes: inputs.features.codes }),
    bosId,
    withText: false,
  });
  const dense = itemTokens(packed, inputs, parameters, hidden);
  const learned = parameters.flat.subarray(parameters.layout.learned.offset);
  const rows = new Float32Array(packed.rows * hidden);
  for (const [row, source] of packed.source.entries()) {
    const index = source & 0x3fffffff;
    const into = rows.subarray(row * hidden, (row + 1) * hidden);
    const kind = source >>> 30;
    const table = kind === SOURCE.learned ? learned : dense;
    if (kind === SOURCE.vocabulary) into.set(await vocabularyRows(model, [index]));
    else into.set(table.subarray(index * hidden, (index + 1) * hidden));
    if (kind === SOURCE.denseEmb) for (let d = 0; d < hidden; d += 1) into[d]! += learned[d]!;
  }
  return { rows, hide: hideEmbFromText ? packed.rows - 1 : null };
}

/** Embeddings of tokens as they enter the first block: [ids, hidden]. */
export async function vocabularyRows({ config, weights }: Model, ids: readonly number[]): Promise<Float32Array> {
  const { hidden, embeddingScale } = config;
  const table = required(weights.outer('embedding'), 'embedding');
  const rows = new Float32Array(ids.length * hidden);
  for (const [row, id] of ids.entries()) {
    const embedding = await table.read(id * hidden, (id + 1) * hidden);
    for (let d = 0; d < hidden; d += 1) rows[row * hidden + d] = embeddingScale * embedding[d]!;
  }
  return rows;
}

/** add_i + W_in·f_i + b_in (+ u_i), or u_i alone, of every item row: [dense rows, hidden]. */
function itemTokens(
  packed: PackedHistories,
  { features, objective }: HistoryInputs,
  parameters: Parameters,
  hidden: number,
): Float32Array {
  const named = (name: string): Float32Array => trainedParameter(parameters, name).data;
  const [weight, bias] = [named('w_in'), named('b_in')];
  const { itemInput } = withFreeCodes(objective);
  const inputs = slotOf(parameters.layout, 'w_in').columns;
  const input = itemInput === 'title' ? features.title : features.hidden;
  const added = itemInput.startsWith('title+hidden') ? features.title : null;
  const free = parameters.layout.slots.has('u') ? named('u') : null;
  const rows = new Float32Array(packed.denseItems.length * hidden);
  packed.denseItems.forEach((item, row) => {
    for (let out = 0; out < hidden; out += 1) {
      const u = free?.[item * hidden + out] ?? 0;
      if (itemInput === 'id') {
        rows[row * hidden + out] = u;
        continue;
      }
      let sum = bias[out]! + u + (added?.[item * hidden + out] ?? 0);
      for (let d = 0; d < inputs; d += 1) sum += weight[out * inputs + d]! * input[item * inputs + d]!;
      rows[row * hidden + out] = sum;
    }
  });
  return rows;
}

/** A user's first test target. @throws RangeError for a user who is not in the log or has no test item */
export function testTargetOf({ log, split }: PreparedData, user: string): Target {
  const target = split.test.find((one) => log.users.at(one.user) === user);
  if (target === undefined) throw new RangeError(`The log has no history of a user “${user}” that ends in a test item.`);
  return target;
}

/** `teacup › saucer › … › [EMB]`. */
export function historyInWords(
  { log }: PreparedData,
  { history, query }: EncodedExample,
  decode: LoadedModel['tokenizer'],
): string {
  const words = query.length > 0 ? [`[QUERY]${decode.decode(query)}`] : [];
  return ['[BOS]', ...history.map((item) => log.items.titleOf(item)), ...words, '[EMB]'].join(' › ');
}

/** Placeholder for the description, at which a text is cut. */
const CUT = '\u0001';

/** The text of an item with that title, up to its description: `teacup:`. */
export function itemBeginning(title: string, template: string): string {
  const [beginning = ''] = itemText({ id: '', title, category: '', description: CUT }, template).split(CUT);
  return beginning.trim() === '' ? title : beginning.trimEnd();
}
