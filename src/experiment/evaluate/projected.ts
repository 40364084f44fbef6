/** Which items and users a record's projection shows, and where. */
import { topCategory } from '../../log/categories';
import { forkRandom } from '../../log/random';
import type { Target } from '../../log/types';
import { coldTargets } from '../../measures/ranking/ranking';
import { encodePoints, principalPlane, project, type Plane } from '../../measures/collapse/projection';
import type { ProjectedPoints, EmbeddingProjection } from '../../record/runRecord';
import type { PreparedData } from '../prepare/preparedData';
import { shownText } from '../../recipe/texts';

/** Maximum numbers of items and users drawn: more would cover each other and enlarge records. */
const ITEMS = 400;
const USERS = 200;

export class ProjectionPlane {
  readonly described: EmbeddingProjection;
  private readonly plane: Plane;
  private readonly items: Uint32Array;
  private readonly users: Uint32Array;

  /**
   * @param embeddings of all items before the first step, [items, size]
   * @param sample targets of the users evaluated during training
   */
  constructor(
    { log, split }: Pick<PreparedData, 'log' | 'split'>,
    sample: readonly Target[],
    embeddings: Float32Array,
    size: number,
    seed: number,
  ) {
    this.plane = principalPlane(embeddings, size);
    const every = Uint32Array.from({ length: log.items.length }, (_, item) => item);
    this.items = forkRandom(seed, 'projected items').shuffle(every).slice(0, ITEMS).sort();
    this.users = Uint32Array.from(sample.slice(0, USERS).keys());
    const drawn = Array.from(this.items, (item) => log.items.at(item));
    const targets = Array.from(this.users, (user) => sample[user]!);
    this.described = {
      items: {
        title: drawn.map(({ title }) => shownText(title)),
        category: drawn.map(({ category }) => shownText(topCategory(category))),
        cold: Array.from(this.items, (item) => split.cold[item]!),
      },
      users: {
        target: targets.map(({ user, position }) => log.items.titleOf(log.events.item(user, position))),
        cold: [...coldTargets(log, split, targets)],
        id: targets.map(({ user }) => shownText(log.users.at(user))),
      },
    };
  }

  /**
   * @param interest h of the sample, in its order
   * @param items e of all items
   */
  points(interest: Float32Array, items: Float32Array): ProjectedPoints {
    const ofItems = project(this.plane, items, this.items);
    const ofUsers = project(this.plane, interest, this.users);
    const reach = [...ofItems.points, ...ofUsers.points].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return {
      reach,
      items: encodePoints(ofItems.points, reach),
      users: encodePoints(ofUsers.points, reach),
      itemShare: ofItems.share,
      userShare: ofUsers.share,
    };
  }
}
