/** Pictures of items: which there are, and the log's visual features made from them. */
import { keptItems } from '../../log/intake/intake';
import { itemPictures } from '../../log/intake/itemPictures';
import { LogError } from '../../log/types';
import type { LogRecipe } from '../../recipe/logRecipe';
import type { PictureProgress, PictureQuestions, PicturesFound } from '../intakeProtocol';
import type { Asking } from '../rpc/messages';
import type { ReadingService } from './reading';
import type { SourceService } from './sources';
import { numberFormat, t } from '../../words/words';

/** Maximum number of items whose pictures are embedded at once. */
const MOST_PICTURES = 50_000;
/** Maximum number of hosts named. */
const MOST_HOSTS = 200;

export class PictureService implements PictureQuestions {
  constructor(
    private readonly sources: SourceService,
    private readonly reading: ReadingService,
  ) {}

  async find(recipe: LogRecipe): Promise<PicturesFound> {
    const intake = await this.reading.intakeOf(recipe);
    const items = keptItems(intake, recipe);
    const { of, unused } = itemPictures(intake.raw, this.sources.inspected.pictures, items);
    const hosts = new Map<string, number>();
    const kinds = { file: 0, bytes: 0, link: 0 };
    for (const picture of of.values()) {
      kinds[picture.kind]++;
      if (picture.kind === 'link') hosts.set(picture.url.origin, (hosts.get(picture.url.origin) ?? 0) + 1);
    }
    const { pictured } = intake.pictures;
    return {
      items: items.length,
      files: kinds.file,
      inRows: kinds.bytes,
      hosts: [...hosts].slice(0, MOST_HOSTS).map(([origin, pictures]) => ({ origin, pictures })),
      otherHosts: Math.max(0, hosts.size - MOST_HOSTS),
      unused,
      ownFeatures: intake.raw.items.visual.items > 0,
      embedded: pictured && {
        model: pictured.model.id,
        items: pictured.table.items,
        width: pictured.table.width,
        cached: pictured.cached,
      },
    };
  }

  /** @throws LogError when there is nothing to embed, ModelError when the model cannot be loaded or used */
  async embed(
    { recipe, model, origins }: Parameters<PictureQuestions['embed']>[0],
    asking: Asking<PictureProgress>,
  ): Promise<void> {
    const intake = await this.reading.intakeOf(recipe);
    const found = itemPictures(intake.raw, this.sources.inspected.pictures, keptItems(intake, recipe));
    if (found.of.size > MOST_PICTURES) {
      const message = t(
        '{items} items have a picture; at most {most} can be embedded here. Filter the log, or bring vectors that another program made.',
        { items: numberFormat().format(found.of.size), most: numberFormat().format(MOST_PICTURES) },
      );
      throw new LogError(message, []);
    }
    const { embedPictures } = await import('./embedPictures');
    intake.pictures.pictured = await embedPictures({ ...found, choice: model, origins }, asking);
  }
}
