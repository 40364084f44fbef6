/**
 * A vision model over the pictures of a log's items; loaded on demand, since it brings ONNX Runtime and
 * transformers.js.
 */
import { EmbeddingTable } from '../../log/intake/embeddings';
import type { PictureLocation } from '../../log/intake/itemPictures';
import type { Pictured } from '../../log/intake/pictured';
import { REASONS, type ReasonId } from '../../log/intake/reasons';
import { Tally, type Counted, type FilePosition } from '../../log/intake/tally';
import { LogError } from '../../log/types';
import { GpuUnavailableError, openGpu } from '../../gpu/device';
import { keepBook, mergeBooks, readKeptBook, textHash, type FeatureBook } from '../../model/featureStore';
import { ORT_WASM_URL } from '../../model/ortAssets';
import { configureOrt } from '../../model/ortSession';
import { droppedSource } from '../../model/source/droppedSource';
import { hubSource } from '../../model/source/httpSource';
import type { ModelSource } from '../../model/source/modelSource';
import { openVisionModelWhereItRuns, type Pixels, type VisionGpu, type VisionModel } from '../../model/vision/visionModel';
import { sha256Hex } from '../../storage/sha256';
import type { FileStore } from '../../storage/fileStore';
import type { PictureProgress, VisionChoice } from '../intakeProtocol';
import { PageFiles } from '../pageFiles';
import type { Asking } from '../rpc/messages';
import { decodePicture, type DecodedPicture } from './decodePicture';
import { MOST_PICTURE_BYTES, PictureFetcher } from './fetchPicture';
import { t } from '../../words/words';

/** Number of pictures per model call, and of pictures fetched at a time. */
const BATCH = 8;

/** A picture in progress: its item, its location, and the hash of its bytes. */
interface Ready {
  readonly item: number;
  readonly file: string;
  readonly hash: string;
  readonly picture: DecodedPicture;
}

export interface ToEmbed {
  readonly of: ReadonlyMap<number, PictureLocation>;
  /** Pictures that belong to no item, reported with those that could not be used. */
  readonly unused: readonly Counted[];
  readonly choice: VisionChoice;
  /** Origins from which URLs may be requested. */
  readonly origins: readonly string[];
}

/**
 * @throws LogError when no picture can be used, ModelError when the model cannot be loaded or used; the
 * signal's reason
 */
export async function embedPictures(
  { of, unused, choice, origins }: ToEmbed,
  asking: Asking<PictureProgress>,
): Promise<Pictured> {
  const store = await new PageFiles().store;
  const { model, name } = await openChosen(choice, store, asking);
  try {
    const made = new Embedder(model, store, name.id, asking);
    await made.run(of, new PictureFetcher(new Set(origins), asking.signal));
    const leftOut = [...unused, ...made.leftOut.counted()];
    if (made.table.items === 0) {
      const issues = leftOut.map(({ reason, rows, first }) => ({
        ...first[0]!,
        message: `${rows.toLocaleString('en')}: ${REASONS[reason].text}`,
      }));
      throw new LogError(t('No picture could be embedded.'), issues);
    }
    const { table, thumbnails, cached } = made;
    return { model: { ...name, hash: model.hash }, table, thumbnails, cached, leftOut, notes: made.notes.counted() };
  } finally {
    await model.release();
  }
}

/** One pass over all pictures. */
class Embedder {
  readonly table = new EmbeddingTable('visual');
  readonly thumbnails = new Map<number, Uint8Array>();
  readonly leftOut = new Tally();
  readonly notes = new Tally();
  private readonly rows = new Map<string, Float32Array>();
  private readonly fresh = new Set<string>();
  /** Already stored features. */
  private readonly kept = new Set<string>();
  cached = 0;

  constructor(
    private readonly model: VisionModel,
    private readonly store: FileStore,
    /** Group of stored features. */
    private readonly group: string,
    private readonly asking: Asking<PictureProgress>,
  ) {}

  async run(of: ReadonlyMap<number, PictureLocation>, fetcher: PictureFetcher): Promise<void> {
    const { signal, tell } = this.asking;
    const pictures = [...of];
    try {
      for (let first = 0; first < pictures.length; first += BATCH) {
        signal.throwIfAborted();
        tell({ stage: 'pictures', done: first, total: pictures.length, provider: this.model.provider, cached: this.cached });
        const part = pictures.slice(first, first + BATCH);
        const found = await Promise.all(part.map(async ([item, picture]) => this.ready(item, picture, fetcher)));
        await this.take(found.filter((one) => one !== null));
      }
    } finally {
      // Also when stopped, so that nothing need be computed twice.
      await this.keep();
    }
  }

  /** A picture's pixels; null if it is left out, which is counted. */
  private async ready(item: number, picture: PictureLocation, fetcher: PictureFetcher): Promise<Ready | null> {
    const file = placeOf(picture);
    const place = { file, line: 0 };
    const bytes = picture.kind === 'link' ? await fetcher.fetch(picture.url) : await bytesOf(picture);
    if (typeof bytes === 'string') return this.leaveOut(bytes, place);
    const decoded = await decodePicture(bytes);
    if (typeof decoded === 'string') return this.leaveOut(decoded, place);
    for (const note of decoded.notes) this.notes.add(note, place);
    return { item, file, hash: textHash(sha256Hex(bytes)), picture: decoded };
  }

  private leaveOut(reason: ReasonId, place: FilePosition): null {
    this.leftOut.add(reason, place);
    return null;
  }

  private async take(ready: readonly Ready[]): Promise<void> {
    const missing = new Map<string, Pixels>();
    for (const { hash, picture } of ready) if (!this.rows.has(hash)) missing.set(hash, picture.pixels);
    // A model's width, needed to find its stored features, is known after its first answer.
    if (this.rows.size === 0) await this.embed(missing, 1);
    await this.embed(missing, BATCH);
    for (const { item, file, hash, picture } of ready) {
      const row = this.rows.get(hash)!;
      if (this.kept.has(hash)) this.cached++;
      this.table.add(item, row, { file, line: 0 }, this.leftOut);
      if (this.table.has(item)) this.thumbnails.set(item, picture.thumbnail);
    }
  }

  /** Embeds the first `most` of those not yet known. */
  private async embed(missing: ReadonlyMap<string, Pixels>, most: number): Promise<void> {
    const chosen = [...missing].filter(([hash]) => !this.rows.has(hash)).slice(0, most);
    if (chosen.length === 0) return;
    const first = this.rows.size === 0;
    const rows = await this.model.embed(chosen.map(([, pixels]) => pixels));
    chosen.forEach(([hash], at) => {
      this.rows.set(hash, rows[at]!);
      this.fresh.add(hash);
    });
    if (!first) return;
    const kept = await readKeptBook(this.store, this.model.hash, rows[0]!.length);
    kept?.hashes.forEach((hash, row) => {
      this.kept.add(hash);
      if (!this.rows.has(hash)) this.rows.set(hash, kept.hidden.slice(row * kept.width, (row + 1) * kept.width));
    });
  }

  private async keep(): Promise<void> {
    if (this.fresh.size === 0) return;
    const width = this.rows.values().next().value!.length;
    const hashes = [...this.fresh];
    const hidden = new Float32Array(hashes.length * width);
    hashes.forEach((hash, row) => {
      hidden.set(this.rows.get(hash)!, row * width);
    });
    const book: FeatureBook = { model: this.model.hash, width, hashes, hidden };
    const older = await readKeptBook(this.store, this.model.hash, width);
    await keepBook(this.store, this.group, mergeBooks(book, older));
  }
}

function placeOf(picture: PictureLocation): string {
  if (picture.kind === 'link') return picture.url.href;
  return picture.kind === 'file' ? picture.source.name : 'a row';
}

async function bytesOf(picture: Exclude<PictureLocation, { kind: 'link' }>): Promise<Uint8Array<ArrayBuffer> | ReasonId> {
  const size = picture.kind === 'file' ? picture.source.size : picture.blob.size;
  if (size > MOST_PICTURE_BYTES) return 'manyBytes';
  try {
    const stream = picture.kind === 'file' ? picture.source.open() : picture.blob.stream();
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    // A damaged archive entry, or a file that no longer exists.
    if (!(error instanceof LogError || error instanceof DOMException || error instanceof TypeError)) throw error;
    return 'damaged';
  }
}

async function openChosen(
  choice: VisionChoice,
  store: FileStore,
  { signal, tell }: Asking<PictureProgress>,
): Promise<{ readonly model: VisionModel; readonly name: { readonly id: string; readonly revision: string } }> {
  configureOrt({ wasmUrl: ORT_WASM_URL });
  const source: ModelSource = 'place' in choice ? await hubSource(choice.place, store, signal) : droppedSource(choice.files);
  const name =
    'place' in choice
      ? { id: choice.place.id, revision: source.version ?? choice.place.revision }
      : { id: choice.name, revision: 'folder' };
  const options = {
    signal,
    onBytes: ({ done, total }: { readonly done: number; readonly total: number }) => {
      tell({ stage: 'model', done, total });
    },
  };
  return { model: await openVisionModelWhereItRuns(source, await usableGpu(), options), name };
}

/** Only a real GPU: on a software adapter, WebAssembly is many times faster. */
async function usableGpu(): Promise<VisionGpu | null> {
  try {
    const { device, adapter } = await openGpu((navigator as Partial<Navigator>).gpu, 'browser');
    const destroy = (): void => {
      device.destroy();
    };
    if (!adapter.fallback) return { device, destroy };
    destroy();
  } catch (error) {
    if (!(error instanceof GpuUnavailableError)) throw error;
  }
  return null;
}
