/** The items of a log, with a column per text. */
import { TextColumn, type TextBytes, type TextList } from './textColumn';
import { shownText } from '../recipe/texts';

export interface CatalogueItem {
  /** The ID in the user's file. */
  readonly id: string;
  readonly title: string;
  /** `a > b > c`, empty when the log has none. */
  readonly category: string;
  readonly description: string;
  /** As written in the log; absent if it has none. */
  readonly price?: string;
  /** URL or file name of a picture; it is fetched only if the user requests that in the intake. */
  readonly image?: string;
  /** Code of the item, as `<a_12><b_3>`; not read by the model. */
  readonly semantic?: string;
}

export const ITEM_COLUMNS = ['id', 'title', 'category', 'description', 'price', 'image', 'semantic'] as const;

/** [items] each; an empty price, image or semantic ID means none. */
export type CatalogueColumns<T> = Readonly<Record<(typeof ITEM_COLUMNS)[number], T>>;

function mapColumns<A, B>(columns: CatalogueColumns<A>, of: (column: A) => B): CatalogueColumns<B> {
  const { id, title, category, description, price, image, semantic } = columns;
  return {
    id: of(id),
    title: of(title),
    category: of(category),
    description: of(description),
    price: of(price),
    image: of(image),
    semantic: of(semantic),
  };
}

export class Catalogue implements Iterable<CatalogueItem> {
  constructor(readonly columns: CatalogueColumns<TextList>) {}

  static of(items: readonly CatalogueItem[]): Catalogue {
    const column = (name: (typeof ITEM_COLUMNS)[number]): TextColumn => TextColumn.of(items.map((item) => item[name] ?? ''));
    return new Catalogue({
      id: column('id'),
      title: column('title'),
      category: column('category'),
      description: column('description'),
      price: column('price'),
      image: column('image'),
      semantic: column('semantic'),
    });
  }

  static ofData(data: CatalogueColumns<TextBytes>): Catalogue {
    return new Catalogue(mapColumns(data, (column) => new TextColumn(column)));
  }

  data(): CatalogueColumns<TextBytes> {
    return mapColumns(this.columns, (column) => TextColumn.of(column).data);
  }

  get length(): number {
    return this.columns.id.length;
  }

  /** @throws RangeError for an index without an item */
  at(index: number): CatalogueItem {
    const { id, title, category, description, price, image, semantic } = this.columns;
    return {
      id: id.at(index),
      title: title.at(index),
      category: category.at(index),
      description: description.at(index),
      ...(price.isEmpty(index) ? {} : { price: price.at(index) }),
      ...(image.isEmpty(index) ? {} : { image: image.at(index) }),
      ...(semantic.isEmpty(index) ? {} : { semantic: semantic.at(index) }),
    };
  }

  /** As it is shown and recorded: on one line, without the end of a very long one. */
  titleOf(index: number): string {
    return shownText(this.columns.title.at(index));
  }

  *[Symbol.iterator](): Generator<CatalogueItem, void> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** Of every item, in order. */
  map<T>(of: (item: CatalogueItem, index: number) => T): T[] {
    return Array.from({ length: this.length }, (_, index) => of(this.at(index), index));
  }
}
