/** In which format each of the decoder's matrices is stored, and what became of a GGUF file's types. */
import type { DecoderConfig, LinearRole } from '../../model/decoderConfig';
import { blockShapes } from '../../model/decoderTensors';
import type { Precision, WeightFormat } from '../../recipe/runSpec';
import type { FileStorage } from '../../record/fileStorage';
import { GROUPS, roleOf, type GroupKey } from '../parameters';

/** Projections that are computed as one product, in the order of their rows. */
export function groupRoles(key: GroupKey): LinearRole[] {
  return GROUPS[key].map(roleOf);
}

export interface MatrixFormats {
  readonly embedding: WeightFormat;
  readonly head: WeightFormat;
  readonly block: (layer: number, key: GroupKey) => WeightFormat;
}

/** `file` is f32 for models that are no GGUF file. */
export function matrixFormats(config: DecoderConfig, precision: Precision): MatrixFormats {
  if (precision !== 'file') return { embedding: precision, head: precision, block: () => precision };
  const { fileTypes, hidden } = config;
  if (fileTypes === undefined) return matrixFormats(config, 'f32');
  const columns = blockShapes(config);
  const embedding = formatOf([fileTypes.embedding], hidden);
  return {
    embedding,
    head: fileTypes.head === undefined ? embedding : formatOf([fileTypes.head], hidden),
    block: (layer, key) => {
      const types = groupRoles(key).map((role) => fileTypes.blocks[layer]?.[role]);
      return formatOf(
        types.filter((type) => type !== undefined),
        columns.get(groupRoles(key).at(-1)!)![1]!,
      );
    },
  };
}

const FORMATS: Readonly<Record<string, WeightFormat>> = {
  F32: 'f32',
  BF16: 'f32',
  F16: 'f16',
  Q8_0: 'q8_0',
  Q4_1: 'q4_1',
  Q4_0: 'q4_0',
};

/**
 * The format of a matrix whose parts a file stores in these types. Quantised types without a format are
 * widened to halves.
 */
function formatOf(types: readonly string[], columns: number): WeightFormat {
  const [type = 'F32', ...others] = new Set(types);
  const widest = types.some((one) => FORMATS[one] === 'f32') ? 'f32' : 'f16';
  const format = others.length === 0 ? (FORMATS[type] ?? widest) : widest;
  // Halves are read in fours.
  return format === 'f16' && columns % 4 !== 0 ? 'f32' : format;
}

/**
 * A GGUF file's types and the formats in which its matrices are stored, by number of weights, most first;
 * empty for other models.
 */
export function fileStorage(config: DecoderConfig): FileStorage {
  const { fileTypes, vocabulary, hidden, layers } = config;
  if (fileTypes === undefined) return [];
  const formats = matrixFormats(config, 'file');
  const found: { type: string; format: WeightFormat; weights: number }[] = [];
  const add = (type: string, format: WeightFormat, weights: number): void => {
    const same = found.find((one) => one.type === type && one.format === format);
    if (same === undefined) found.push({ type, format, weights });
    else same.weights += weights;
  };
  add(fileTypes.embedding, formats.embedding, vocabulary * hidden);
  if (fileTypes.head !== undefined) add(fileTypes.head, formats.head, vocabulary * hidden);
  const shapes = blockShapes(config);
  for (let layer = 0; layer < layers; layer += 1) {
    for (const key of Object.keys(GROUPS) as GroupKey[]) {
      for (const role of groupRoles(key)) {
        const type = fileTypes.blocks[layer]?.[role];
        const [rows, columns] = shapes.get(role) ?? [];
        if (type !== undefined) add(type, formats.block(layer, key), rows! * columns!);
      }
    }
  }
  return found.sort((a, b) => b.weights - a.weights);
}
