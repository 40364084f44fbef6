/** Which item has which picture: files by name, bytes and URLs by the image column. */
import type { Source } from '../source/source';
import type { RawLog } from './rawLog';
import type { ReasonId } from './reasons';
import { quoted, Tally, type Counted } from './tally';

/** Where an item's picture is. */
export type PictureLocation =
  | { readonly kind: 'file'; readonly source: Source }
  /** In the row itself. */
  | { readonly kind: 'bytes'; readonly blob: Blob }
  | { readonly kind: 'link'; readonly url: URL };

export interface ItemPictures {
  /** By item number. */
  readonly of: ReadonlyMap<number, PictureLocation>;
  /** Files and cells that belong to no item. */
  readonly unused: readonly Counted[];
}

const PICTURE_NAME = /\.(?:png|jpe?g|jfif|gif|webp|avif|bmp|svg|tiff?|hei[cf]|ico)$/i;

/** Whether a file is a picture, by its name. */
export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}

/**
 * Files first, by their names without folder and extension, unchanged or percent-decoded; then the image
 * column.
 * @param items numbers of the items whose pictures are requested
 */
export function itemPictures(raw: Pick<RawLog, 'items'>, files: readonly Source[], items: Int32Array): ItemPictures {
  const { ids, texts, pictures } = raw.items;
  const wanted = new Set(items);
  const of = new Map<number, PictureLocation>();
  const unused = new Tally();
  const byName = new Map<string, Source>();
  const named = new Set(
    Array.from(items, (item) => texts.image[item] ?? '').flatMap((text) => (text === '' ? [] : [baseOf(text)])),
  );
  for (const source of files) {
    const base = baseOf(source.name);
    if (!byName.has(base)) byName.set(base, source);
    const stem = base.replace(PICTURE_NAME, '');
    const item = [stem, decoded(stem)].map((id) => ids.find(id)).find((found) => found !== undefined && wanted.has(found));
    const place = { file: source.name, line: 0 };
    if (item === undefined) {
      if (!named.has(base)) unused.add('unknownPicture', place);
    } else if (of.has(item)) unused.add('secondPicture', place);
    else of.set(item, { kind: 'file', source });
  }
  for (const item of items) {
    if (of.has(item)) continue;
    const blob = pictures.get(item);
    const text = texts.image[item] ?? '';
    if (blob !== undefined) of.set(item, { kind: 'bytes', blob });
    else if (text !== '') {
      const place = { file: ids.texts[item]!, line: 0 };
      const found = fromText(text, byName);
      if (typeof found === 'string') unused.add(found, place, quoted(text));
      else of.set(item, found);
    }
  }
  return { of, unused: unused.counted() };
}

/** @returns the picture, or why there is none */
function fromText(text: string, byName: ReadonlyMap<string, Source>): PictureLocation | ReasonId {
  const address = text.startsWith('//') ? `https:${text}` : text;
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) {
    const url = new URL(address);
    // What the page's own policy allows.
    const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
    return url.protocol === 'https:' || local ? { kind: 'link', url } : 'notSecure';
  }
  const source = byName.get(baseOf(text));
  return source === undefined ? 'noPictureThere' : { kind: 'file', source };
}

function baseOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
