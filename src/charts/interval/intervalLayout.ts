/** The values of an interval chart, and its geometry: where its labels, lines and plot are, in pixels. Pure. */
import type { PlotArea } from '../axes/Axes';
import { characters } from '../../scene/characters';
import type { ArmMark } from '../../scene/marks/armMark';
import type { Labelled } from '../../scene/marks/label';

/** A value with its interval, or without: one target has none. */
export interface IntervalPoint extends Labelled {
  readonly value: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** The values of one model, one line per point. */
export interface IntervalGroup extends Labelled {
  readonly id: string;
  readonly mark: ArmMark;
  readonly points: readonly IntervalPoint[];
}

interface LabelledGroup {
  readonly label: string;
  readonly points: readonly { readonly label: string }[];
}

export interface IntervalLayout<Group extends LabelledGroup> {
  /** Of the labels. */
  readonly left: number;
  readonly area: PlotArea;
  readonly height: number;
  readonly placed: readonly {
    readonly group: Group;
    /** Middle of the group's label. */
    readonly y: number;
    readonly rows: readonly { readonly point: Group['points'][number]; readonly y: number }[];
  }[];
}

const LINE = 19;
const GAP = 7;
const TOP = 8;
const AXIS = 34;
/** Least width of the labels side by side, and of the plot beside them. */
const LABELS = 164;
const PLOT = 90;
/** Pixels of a character in a group's label, which is bold, and in a point's. */
const [BOLD, PLAIN] = [7.4, 6.2];
const RIGHT = 58;

/** Labels of a group and of its points are side by side if both have room, else one above the other. */
export function layOutIntervals<Group extends LabelledGroup>(groups: readonly Group[], width: number): IntervalLayout<Group> {
  const points = groups.flatMap((group) => group.points);
  const longest = (labels: readonly { readonly label: string }[]): number =>
    Math.max(0, ...labels.map(({ label }) => characters(label)));
  const ofPoints = Math.ceil(PLAIN * longest(points) + 20);
  const ofBoth = Math.max(LABELS, Math.ceil(BOLD * longest(groups)) + ofPoints);
  const beside = ofBoth <= Math.max(LABELS, width - RIGHT - PLOT);
  const left = beside ? ofBoth : ofPoints;
  const lines = points.length + (beside ? 0 : groups.length);
  const height = TOP + lines * LINE + groups.length * GAP + AXIS;
  let top = TOP - GAP / 2;
  const placed = groups.map((group) => {
    top += GAP;
    const y = top + 0.5 * LINE;
    if (!beside) top += LINE;
    const rows = group.points.map((point, index) => ({ point, y: top + (index + 0.5) * LINE }));
    top += group.points.length * LINE;
    return { group, y, rows };
  });
  return { left, area: { left, right: Math.max(left + 40, width - RIGHT), top: TOP, bottom: height - AXIS }, height, placed };
}
