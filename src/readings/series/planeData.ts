/** Positions of items and users in the record's plane, by model. Pure. */
import { spoken } from '../../scene/marks/label';
import { t } from '../../words/words';
import { symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle } from 'd3';
import type { Table } from '../../charts/export/table';
import { squareAround, type ScatterClass, type Square } from '../../scene/charts/scatter';
import { decodePoints } from '../../measures/collapse/projection';
import type { Evaluation, EmbeddingProjection, RunRecord } from '../../record/runRecord';
import { count, listed } from '../format';
import { oneOf } from '../../record/comparedEvaluations';
import { sampledAt, type FigureArm } from '../arms/armsOf';

/** What distinguishes points. */
export type PlaneColour = 'cold' | 'category';

export interface PlaneColumn {
  readonly id: string;
  readonly label: string;
  readonly step: number;
  /** Items, then users: [points, 2]. */
  readonly points: Float64Array;
  readonly itemShare: number;
  readonly userShare: number;
}

/** Number of categories with a colour; the others are grey. */
const CATEGORY_MARKS = [symbolSquare, symbolTriangle, symbolDiamond, symbolStar, symbolCross, symbolCircle] as const;
const ITEM_SIZE = 16;
const USER_SIZE = 34;

function pointsOf(evaluation: Evaluation, { items, users }: EmbeddingProjection): Float64Array | null {
  const { projection } = evaluation;
  if (projection === undefined) return null;
  const { reach } = projection;
  const ofItems = decodePoints(projection.items, reach, items.title.length);
  const ofUsers = decodePoints(projection.users, reach, users.target.length);
  return Float64Array.of(...ofItems, ...ofUsers);
}

/** All arms before their first step, then each at the step shown. Empty for records without projections. */
export function planeColumns(record: RunRecord, arms: readonly FigureArm[], step: number | null): PlaneColumn[] {
  const { projection } = record;
  if (projection === undefined) return [];
  const column = (id: string, label: string, evaluation: Evaluation | null): PlaneColumn[] => {
    const points = evaluation && pointsOf(evaluation, projection);
    if (!evaluation?.projection || points === null) return [];
    const { itemShare, userShare } = evaluation.projection;
    return [{ id, label, step: evaluation.step, points, itemShare, userShare }];
  };
  const evaluations = sampledAt(arms, step);
  return [
    ...column('base', 'Start', oneOf(sampledAt(arms, 0))),
    ...arms.flatMap(({ id, label }) => column(id, label, evaluations.get(id) ?? null)),
  ];
}

/** One square for all arms and steps, so that scrubbing does not rescale. */
export function planeSquare({ projection, arms }: RunRecord): Square {
  if (projection === undefined) return squareAround([]);
  return squareAround(arms.flatMap((arm) => arm.evaluations.flatMap((one) => pointsOf(one, projection) ?? [])));
}

export interface PlaneClasses {
  readonly classes: readonly ScatterClass[];
  /** Class of each point, items first. */
  readonly classOf: readonly number[];
}

export function planeClasses({ items, users }: EmbeddingProjection, colour: PlaneColour): PlaneClasses {
  return colour === 'cold' ? byCold({ items, users }) : byCategory({ items, users });
}

function byCold({ items, users }: EmbeddingProjection): PlaneClasses {
  const classes: ScatterClass[] = [
    {
      id: 'warm',
      ...spoken(() => t('warm items')),
      colour: 'var(--ink-3)',
      symbol: symbolCircle,
      open: false,
      size: ITEM_SIZE,
    },
    {
      id: 'cold',
      ...spoken(() => t('cold items')),
      colour: 'var(--class-1)',
      symbol: symbolTriangle,
      open: false,
      size: 1.6 * ITEM_SIZE,
    },
    {
      id: 'to-warm',
      ...spoken(() => t('users, warm target')),
      colour: 'var(--class-3)',
      symbol: symbolCircle,
      open: true,
      size: USER_SIZE,
    },
    {
      id: 'to-cold',
      ...spoken(() => t('users, cold target')),
      colour: 'var(--class-1)',
      symbol: symbolSquare,
      open: true,
      size: USER_SIZE,
    },
  ];
  return { classes, classOf: [...items.cold, ...users.cold.map((cold) => 2 + cold)] };
}

function byCategory({ items, users }: EmbeddingProjection): PlaneClasses {
  const sizes = new Map<string, number>();
  for (const category of items.category) if (category !== '') sizes.set(category, (sizes.get(category) ?? 0) + 1);
  const largest = [...sizes]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .slice(0, CATEGORY_MARKS.length)
    .map(([category]) => category);
  const classes: ScatterClass[] = [
    {
      id: 'other',
      ...spoken(() => t('other items')),
      colour: 'var(--hair-strong)',
      symbol: symbolCircle,
      open: false,
      size: 0.6 * ITEM_SIZE,
    },
    ...largest.map((label, index): ScatterClass => ({
      id: `category-${index}`,
      label,
      colour: `var(--class-${index + 1})`,
      symbol: CATEGORY_MARKS[index]!,
      open: false,
      size: 1.6 * ITEM_SIZE,
    })),
    {
      id: 'users',
      ...spoken(() => t('users')),
      colour: 'var(--ink-3)',
      symbol: symbolCircle,
      open: true,
      size: USER_SIZE,
    },
  ];
  const ofItems = items.category.map((category) => 1 + largest.indexOf(category));
  return { classes, classOf: [...ofItems, ...users.target.map(() => classes.length - 1)] };
}

/** The item that a point is, or that its user chose next. */
export function titleOfPoint({ items, users }: EmbeddingProjection, point: number): string {
  return items.title[point] ?? users.target[point - items.title.length] ?? '';
}

/** “teacup · container, cold item”, “a user whose next item is kettle (cold)”. */
export function describePoint({ items, users }: EmbeddingProjection, point: number): string {
  if (point < items.title.length) {
    const kind = items.cold[point] === 1 ? t('cold item') : t('warm item');
    return `${items.title[point]!} · ${[items.category[point]!, kind].filter((part) => part !== '').join(', ')}`;
  }
  const user = point - items.title.length;
  const target = { item: users.target[user]! };
  return users.cold[user] === 1
    ? t('a user whose next item is {item} (cold)', target)
    : t('a user whose next item is {item}', target);
}

/**
 * “The plane holds 22 % and 2 % of the variance of e and of h before training; at step 60 24 % and 12 % with
 * Action and …”
 */
export function planeSentence(columns: readonly PlaneColumn[]): string {
  const [start, ...arms] = columns;
  if (start === undefined) return t('This record predates projections.');
  const both = ({ itemShare, userShare }: PlaneColumn) => ({ items: shareText(itemShare), users: shareText(userShare) });
  const step = Math.max(0, ...arms.map((arm) => arm.step));
  if (step === 0) return t('The plane holds {items} and {users} of the variance of e and of h before training.', both(start));
  return t(
    'The plane holds {items} and {users} of the variance of e and of h before training; at step {step} {arms}. The rest is not visible here.',
    {
      ...both(start),
      step: count(step),
      arms: listed(arms.map((arm) => t('{items} and {users} with {arm}', { ...both(arm), arm: arm.label }))),
    },
  );
}

/** `22 %`, with a no-break space. */
export function shareText(share: number): string {
  return `${Math.round(100 * share)}\u00a0%`;
}

export function planeTable(record: RunRecord, arms: readonly FigureArm[]): Table {
  const { projection } = record;
  const columns = ['arm', 'step', 'kind', 'title', 'category', 'cold', 'x', 'y'];
  if (projection === undefined) return { columns, rows: [] };
  const { items, users } = projection;
  const described = [
    ...items.title.map((title, i) => ['item', title, items.category[i]!, items.cold[i]!]),
    ...users.target.map((target, i) => ['user, by next item', target, '', users.cold[i]!]),
  ];
  return {
    columns,
    rows: arms.flatMap(({ label, record: arm }) =>
      arm.evaluations.flatMap((evaluation) => {
        const points = pointsOf(evaluation, projection);
        if (points === null) return [];
        return described.map((cells, i) => [label, evaluation.step, ...cells, points[2 * i]!, points[2 * i + 1]!]);
      }),
    ),
  };
}
