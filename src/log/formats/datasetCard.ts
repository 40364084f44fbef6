/**
 * The card of a Hugging Face dataset (https://huggingface.co/docs/hub/datasets-manual-configuration): its
 * README's `configs` say which files make up which split, `dataset_info` how many rows each has.
 */
import type { Share } from '../../recipe/logRecipe';
import { frontMatter, type Yaml } from './frontMatter';

export const CARD_FORMAT = 'Dataset card';

interface CardFiles {
  readonly split: string;
  /** Paths with `*` and `**`, relative to the card's folder. */
  readonly patterns: readonly string[];
}

interface CardConfig {
  readonly name: string;
  readonly isDefault: boolean;
  readonly files: readonly CardFiles[];
  /** Rows by split, if the card says. */
  readonly rows: ReadonlyMap<string, number>;
}

export interface DatasetCard {
  readonly configs: readonly CardConfig[];
}

/** What a card says about a file. */
export interface CardEntry {
  readonly config: string;
  readonly split: string;
  /** Rows of the whole split, if the card says. */
  readonly rows: number | null;
}

function listOf(value: Yaml | undefined): readonly Yaml[] {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? (value as readonly Yaml[]) : [value];
}

function fieldsOf(value: Yaml | undefined): Readonly<Record<string, Yaml>> {
  return typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, Yaml>>) : {};
}

function textOf(value: Yaml | undefined, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** `data_files` is a path, a list of paths, or a list of splits with their paths. */
function filesOf(value: Yaml | undefined): CardFiles[] {
  const plain = listOf(value).filter((one) => typeof one === 'string');
  if (plain.length > 0) return [{ split: 'train', patterns: plain }];
  return listOf(value).map((one) => {
    const { split, path } = fieldsOf(one);
    return { split: textOf(split, 'train'), patterns: listOf(path).filter((each) => typeof each === 'string') };
  });
}

function rowsOf(info: Readonly<Record<string, Yaml>>): Map<string, number> {
  return new Map(
    listOf(info.splits).flatMap((split) => {
      const { name, num_examples: rows } = fieldsOf(split);
      return typeof name === 'string' && typeof rows === 'string' && /^\d+$/.test(rows) ? [[name, Number(rows)]] : [];
    }),
  );
}

/** @param text of a README @returns null if it is not a dataset's card */
export function readCard(text: string): DatasetCard | null {
  const matter = frontMatter(text);
  if (matter === null) return null;
  const { configs, dataset_info: info } = fieldsOf(matter);
  if (configs === undefined && info === undefined) return null;
  const infos = new Map(
    listOf(info).map((one) => [textOf(fieldsOf(one).config_name, 'default'), rowsOf(fieldsOf(one))] as const),
  );
  const named = listOf(configs).map((one): CardConfig => {
    const { config_name: name, default: isDefault, data_files: files } = fieldsOf(one);
    const own = textOf(name, 'default');
    return {
      name: own,
      isDefault: isDefault === 'true',
      files: filesOf(files),
      rows: infos.get(own) ?? new Map<string, number>(),
    };
  });
  if (named.length > 0) return { configs: named };
  // Without `configs`, the hub uses the names of splits in paths.
  return {
    configs: [...infos].map(([name, rows]) => ({
      name,
      isDefault: name === 'default',
      files: [...rows.keys()].map((split) => ({ split, patterns: [`**${split}*`] })),
      rows,
    })),
  };
}

function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/^\.\//, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) =>
      part.startsWith('**')
        ? '.*'
        : part === '*'
          ? '[^/]*'
          : part === '?'
            ? '[^/]'
            : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`).test(path);
}

/** What a card says about a file, by its path from the card's folder or, for a loose file, by its name. */
export function cardEntries({ configs }: DatasetCard, path: string): CardEntry[] {
  const loose = !path.includes('/');
  const fits = (pattern: string): boolean =>
    matches(pattern, path) || (loose && matches(pattern.slice(pattern.lastIndexOf('/') + 1), path));
  return configs.flatMap(({ name, files, rows }) =>
    files
      .filter(({ patterns }) => patterns.some(fits))
      .map(({ split }) => ({ config: name, split, rows: rows.get(split) ?? null })),
  );
}

/** The part of a split that a card's name for it means. */
export function shareOfSplit(split: string): Share | null {
  if (split.startsWith('train')) return 'train';
  if (/^(?:val|dev)/.test(split)) return 'validation';
  return split.startsWith('test') ? 'test' : null;
}
