/** An adapter in PEFT's layout that all arms of an experiment start from. */
import { layOutParameters, type CatalogueShape, type ParameterLayout } from '../../engine/parameters';
import { HEADS_FILE, PEFT_CONFIG, PEFT_WEIGHTS } from '../../engine/peft/modules';
import { adapterBase, adapterBaseHash, adapterRecipe, readAdapter } from '../../engine/peft/read';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import { ModelError } from '../../model/modelError';
import type { StartRecord } from '../../record/runRecord';
import { complaintsOf, sentenceWithPath } from '../../recipe/errorMap';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { Sha256 } from '../../storage/sha256';
import { t } from '../../words/words';

export type AdapterFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** The files of a folder that matter; others (README.md) are ignored. */
export const ADAPTER_FILES: readonly string[] = [PEFT_CONFIG, PEFT_WEIGHTS, HEADS_FILE];

export interface StartAdapter extends StartRecord {
  readonly files: AdapterFiles;
}

/** Digits of the hash in a name, so that two adapters with the same folder name make two recipes. */
const NAMED_DIGITS = 8;
/** Digits of a hash in a message. */
const SHOWN_DIGITS = 12;

/** @param folder its name */
export function startAdapter(folder: string, given: AdapterFiles): StartAdapter {
  const files = new Map([...given].filter(([name]) => ADAPTER_FILES.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
  const sha = new Sha256();
  for (const [name, bytes] of files) {
    sha.update(new TextEncoder().encode(`${name} ${bytes.length}\n`));
    sha.update(bytes);
  }
  const hash = sha.hex();
  return { name: `${folder}@${hash.slice(0, NAMED_DIGITS)}`, hash, heads: files.has(HEADS_FILE), files };
}

/** The last part of `organisation/name`, `local:name` or a folder's path. */
function shortName(model: string): string {
  return model
    .split(/[/\\:]/)
    .at(-1)!
    .toLowerCase();
}

/**
 * The recipe whose arms start from an adapter, with the adapter's LoRA settings.
 * @param catalogue of the recipe's log; null if it is not known yet, so that the heads cannot be checked
 * @throws ModelError when the adapter is of another base model, or not one that can be trained on
 */
export function startingFrom(
  start: StartAdapter,
  spec: RunSpec,
  config: DecoderConfig,
  catalogue: CatalogueShape | null,
): RunSpec {
  const base = adapterBase(start.files);
  if (base !== null && shortName(base) !== shortName(spec.model.id)) {
    throw new ModelError(
      t('The adapter {name} belongs to {base}, but the recipe’s model is {id}.', { name: start.name, base, id: spec.model.id }),
      t('Choose {base} as the model, then open the adapter again.', { base }),
    );
  }
  const parsed = runSpecSchema.safeParse({
    ...spec,
    lora: { ...spec.lora, ...adapterRecipe(start.files, config), start: start.name },
  });
  if (!parsed.success) {
    const problems = complaintsOf(parsed.error, runSpecSchema).map(sentenceWithPath).join(' ');
    throw new ModelError(
      t('The adapter {name} cannot be trained on. {problems}', { name: start.name, problems }),
      t('Choose another adapter, or change these settings.'),
    );
  }
  // Reading it into its own layout, with the heads if the catalogue's shape is known, checks that it fits.
  const shape = catalogue ?? { items: 0 };
  const known = catalogue === null ? new Map([...start.files].filter(([name]) => name !== HEADS_FILE)) : start.files;
  const layout = layOutParameters(config, parsed.data, shape);
  readAdapter(known, config, layout, new Float32Array(layout.size));
  return parsed.data;
}

/**
 * The parameters that the arms of a recipe start with: the adapter's, and those of `initial` that it lacks;
 * `initial` itself if the recipe names no adapter.
 * @throws ModelError when the recipe's adapter is not open, was trained on other weights, or does not fit the
 * recipe
 */
export function startParameters(
  start: StartAdapter | null,
  { lora }: Pick<RunSpec, 'lora'>,
  { id, hash, config }: Pick<LoadedModel, 'id' | 'hash' | 'config'>,
  layout: ParameterLayout,
  initial: Float32Array,
): Float32Array {
  if (lora.start === null) return initial;
  if (start?.name !== lora.start) {
    throw new ModelError(
      t('The adapter {start} that the recipe starts from is not open here.', { start: lora.start }),
      t('Open its folder or ZIP again, or let the recipe start afresh.'),
    );
  }
  checkTrainedOn(start.files, start.name, { id, hash });
  return readAdapter(start.files, config, layout, initial);
}

/** @throws ModelError when the files say that they were trained on other weights */
export function checkTrainedOn(files: AdapterFiles, name: string, { id, hash }: Pick<LoadedModel, 'id' | 'hash'>): void {
  const trained = adapterBaseHash(files);
  if (trained === null || trained === hash) return;
  throw new ModelError(
    t('The adapter {name} was trained on other weights than those of {id}: SHA-256 {trained} against {hash}.', {
      name,
      id,
      trained: trained.slice(0, SHOWN_DIGITS),
      hash: hash.slice(0, SHOWN_DIGITS),
    }),
    t('Choose the model that it belongs to, or let the recipe start afresh.'),
  );
}
