import { numberFormat, t } from '../../words/words';
import { NAMED_PLACES, type FilePosition } from '../intake/tally';
import { warning, type FindingCheck } from './finding';

function firstFiles(names: readonly string[]): FilePosition[] {
  return names.slice(0, NAMED_PLACES).map((file) => ({ file, line: 0 }));
}

/** Splits with more or fewer rows than the dataset's card says. */
export const datasetCard: FindingCheck = ({ raw }) => {
  const splits = new Map<string, { readonly rows: number; records: number; readonly names: string[] }>();
  for (const { name, listed } of raw.sources) {
    if (listed === undefined) continue;
    const known = splits.get(listed.split) ?? { rows: listed.rows, records: 0, names: [] };
    known.records += listed.records;
    known.names.push(name);
    splits.set(listed.split, known);
  }
  return [...splits].map(([split, { rows, records, names }]) => {
    if (rows === records) return null;
    const message = t(
      '{n, plural, one {# row of {split}, where the dataset’s card says {rows}} other {# rows of {split}, where the dataset’s card says {rows}}}',
      { n: records, split, rows: numberFormat().format(rows) },
    );
    return warning(message, t('read as it is; open all files of the split, or another revision'), firstFiles(names));
  });
};

/** Shards such as `train-00000-of-00002` whose others are missing. */
export const datasetShards: FindingCheck = ({ raw }) => {
  const parts = new Map<string, { readonly total: number; readonly numbers: Set<string>; readonly names: string[] }>();
  for (const { name } of raw.sources) {
    const [, file, number, total] = /^(.*)-(\d{5})-of-(\d{5})\b/.exec(name) ?? [];
    if (file === undefined) continue;
    const known = parts.get(file) ?? { total: Number(total), numbers: new Set(), names: [] };
    known.numbers.add(number!);
    known.names.push(name);
    parts.set(file, known);
  }
  return [...parts].map(([file, { total, numbers, names }]) => {
    if (numbers.size === total) return null;
    const message = t('{n, plural, one {{here} of # shard of {file} are here} other {{here} of # shards of {file} are here}}', {
      n: total,
      here: String(numbers.size),
      file,
    });
    return warning(message, t('read as it is; open the others along with them'), firstFiles(names));
  });
};
