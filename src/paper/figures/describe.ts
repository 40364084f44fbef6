/** From the data of a chart on the page to panels of a figure. Pure. */
import { plainNumber } from '../../scene/ticks';
import { compactAlike } from '../../recipe/numberText';
import type {
  ChartData,
  ForestData,
  HeadsData,
  IntervalsData,
  LinesData,
  MapData,
  ScatterData,
  SweepData,
} from '../../charts/export/chartData';
import { shareText } from '../../charts/grid/headLayout';
import { weightPosition, LOG_FLOOR } from '../../charts/attention/mapPixels';
import { withExtremes } from '../../scene/extremes';
import { layOutLinePlot } from '../../charts/line/linePlot';
import { insideRange } from '../../scene/charts/range';
import type { LinePoint } from '../../scene/charts/series';
import { attentionRamp, differenceRamp, type Ramp } from '../../scene/marks/ramp';
import type { Axis, Colour, FigurePanel, Mark, Point } from './figure';
import { channelsOf, GREY, HAIR, INK, keyOf, MARKER, strokeOf, symbolName, thin, tinted, type InkOf } from './looks';

export function describe(chart: ChartData, inkOf: InkOf): FigurePanel {
  switch (chart.kind) {
    case 'lines':
      return lines(chart, inkOf);
    case 'forest':
      return forest(chart, inkOf);
    case 'sweep':
      return sweep(chart, inkOf);
    case 'intervals':
      return intervals(chart, inkOf);
    case 'scatter':
      return scatter(chart, inkOf);
    case 'map':
      return map(chart);
    case 'heads':
      return heads(chart, inkOf);
  }
}

/** Maximum number of points of a printed line. */
const MOST_POINTS = 400;

/** Points by which series are offset from each other. */
const ASIDE = 1.6;
const RATIO = 0.66;

const pairs = (points: readonly LinePoint[]): Point[] => withExtremes(points, MOST_POINTS).map(({ x, y }) => [x, y]);

function lines(chart: LinesData, inkOf: InkOf): FigurePanel {
  const { name, references, xKind, yKind, formatX, formatY, xValues, yLabel, range = null } = chart;
  const series = chart.series.map((one) => insideRange(one, range));
  const plot = layOutLinePlot({ ...chart, series, width: 480, height: 300, labelWidth: 0 });
  const domainOf = (scale: { domain: () => number[] }): [number, number] => [scale.domain()[0]!, scale.domain().at(-1)!];
  const y: Axis = { label: yLabel, kind: yKind, domain: domainOf(plot.y), ticks: null, format: formatY, grid: true };
  const x: Axis = {
    // A part of the axis must not be taken for the whole.
    label: range === null ? chart.xLabel : `${chart.xLabel}, ${formatX(range[0])} to ${formatX(range[1])}`,
    kind: xKind,
    domain: domainOf(plot.x),
    ticks: xValues?.map((value) => ({ value, label: formatX(value) })) ?? null,
    format: formatX,
    grid: false,
  };
  const behind: Mark[] = [];
  const front: Mark[] = [];
  plot.drawn.forEach(({ series: one, band }, index) => {
    const { label, mark, points, raw, traces = [], apart = [], markers } = one;
    const colour = inkOf(mark.colour);
    const aside = markers ? (index - (series.length - 1) / 2) * ASIDE : 0;
    const of = { series: label, aside };
    if (band !== '') {
      behind.push({
        ...of,
        kind: 'band',
        points: points.map((point) => [point.x, point.low ?? point.y, point.high ?? point.y]),
        colour: tinted(colour, 0.16),
      });
    }
    for (const trace of [...(raw ? [raw] : []), ...traces]) {
      behind.push({ ...of, kind: 'line', points: pairs(trace), stroke: thin(tinted(colour, 0.35), 0.35) });
    }
    const whiskered = band === '' ? points : [];
    for (const { x: at, low, high } of [...whiskered, ...apart]) {
      if (low === undefined || high === undefined) continue;
      front.push({ ...of, kind: 'rule', from: [at, low], to: [at, high], stroke: thin(tinted(colour, 0.75)) });
    }
    front.push({ ...of, kind: 'line', points: pairs(points), stroke: strokeOf(mark, inkOf) });
    const marks = { ...of, kind: 'points', symbol: symbolName(mark.symbol), size: MARKER, colour } as const;
    if (markers) front.push({ ...marks, points: points.map((point) => [point.x, point.y]), filled: true });
    if (apart.length > 0) front.push({ ...marks, points: apart.map((point) => [point.x, point.y]), filled: false });
  });
  const levels = references.map((reference): Mark => ({
    series: reference.label,
    kind: 'rule',
    from: [x.domain[0], reference.value],
    to: [x.domain[1], reference.value],
    stroke: strokeOf({ colour: GREY, dash: reference.dash }, inkOf, 0.75),
  }));
  return {
    ...{ name, x, y },
    marks: [...behind, ...levels, ...front],
    key: [
      ...series.map((one) => keyOf(one.label, one.mark, inkOf, { markers: one.markers })),
      ...references.map(({ label, dash }) => ({ label, stroke: strokeOf({ colour: GREY, dash }, inkOf, 0.75), symbol: null })),
    ],
    colours: null,
    diagonal: null,
    shape: { ratio: RATIO },
  };
}

/** Rows one below the other, the first at the top. */
function rowAxis(labels: readonly string[]): Axis {
  return {
    label: '',
    kind: 'linear',
    domain: [-0.6, labels.length - 0.4],
    ticks: labels.map((label, value) => ({ value, label })),
    format: String,
    grid: false,
    down: true,
  };
}

/** Padding at both ends. */
function padded(values: readonly number[], share = 0.05): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = share * (high - low || 1);
  return [low - air, high + air];
}

function forest({ name, rows }: ForestData, inkOf: InkOf): FigurePanel {
  const ends = rows.flatMap(({ estimate, seeds }) => [
    ...seeds,
    ...(estimate === null
      ? []
      : [estimate.difference, estimate.low ?? estimate.difference, estimate.high ?? estimate.difference]),
  ]);
  const domain = padded([0, ...ends]);
  const marks = rows.flatMap(({ label, mark, estimate, seeds }, row): Mark[] => {
    const colour = inkOf(mark.colour);
    const dots: Mark = {
      ...{ series: label, kind: 'points', points: seeds.map((value): Point => [value, row]), symbol: 'circle', size: 4 },
      ...{ colour: tinted(colour, 0.5), filled: true },
    };
    if (estimate === null) return [dots];
    const { difference, low, high, distinguishable } = estimate;
    return [
      dots,
      ...(low === null || high === null
        ? []
        : [{ series: label, kind: 'rule', from: [low, row], to: [high, row], stroke: thin(colour, 1) } as const]),
      {
        ...{ series: label, kind: 'points', points: [[difference, row]], symbol: symbolName(mark.symbol), size: 22 },
        ...{ colour, filled: distinguishable },
      },
    ];
  });
  return {
    name,
    x: { label: `Δ ${name}`, kind: 'linear', domain, ticks: null, format: plainNumber, grid: true },
    y: rowAxis(rows.map(({ label }) => label)),
    marks: [
      { series: 'no difference', kind: 'rule', from: [0, -0.6], to: [0, rows.length - 0.4], stroke: thin(GREY, 0.75) },
      ...marks,
    ],
    key: [],
    colours: null,
    diagonal: null,
    shape: { rows: rows.length, lines: 1.7 },
  };
}

function sweep({ name, lines: swept, axis, base }: SweepData, inkOf: InkOf): FigurePanel {
  const points = swept.flatMap((line) => line.points);
  const places = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const [first = 1, last = 1] = [places[0], places.at(-1)];
  // As on the page, values that differ by factors are on a logarithmic axis.
  const log = first > 0 && last >= 4 * first;
  const ends = [...points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]), ...(base === null ? [] : [base])];
  const x: Axis = {
    label: axis,
    kind: log ? 'log' : 'linear',
    domain: log ? [first / 1.25, last * 1.25] : padded(places, 0.08),
    ticks: places.map((value) => ({ value, label: compactAlike(places)(value).replace('-', '−') })),
    format: plainNumber,
    grid: false,
  };
  const marks = swept.flatMap(({ label, mark, points: own }, index): Mark[] => {
    const colour = inkOf(mark.colour);
    const of = { series: label, aside: (index - (swept.length - 1) / 2) * ASIDE };
    return [
      ...own.flatMap(({ at, low, high }): Mark[] =>
        low === null || high === null
          ? []
          : [{ ...of, kind: 'rule', from: [at, low], to: [at, high], stroke: thin(tinted(colour, 0.75)) }],
      ),
      { ...of, kind: 'line', points: own.map(({ at, mean }): Point => [at, mean]), stroke: strokeOf(mark, inkOf) },
      {
        ...{ ...of, kind: 'points', points: own.map(({ at, mean }): Point => [at, mean]), symbol: symbolName(mark.symbol) },
        ...{ size: MARKER, colour, filled: true },
      },
    ];
  });
  const untrained = strokeOf({ colour: GREY, dash: '1.5 3' }, inkOf, 0.75);
  return {
    ...{ name, x },
    y: { label: name, kind: 'linear', domain: padded(ends, 0.06), ticks: null, format: plainNumber, grid: true },
    marks: [
      ...(base === null
        ? []
        : [
            { series: 'untrained', kind: 'rule', from: [x.domain[0], base], to: [x.domain[1], base], stroke: untrained } as const,
          ]),
      ...marks,
    ],
    key: [
      ...swept.map(({ label, mark }) => keyOf(label, mark, inkOf)),
      ...(base === null ? [] : [{ label: 'untrained', stroke: untrained, symbol: null }]),
    ],
    colours: null,
    diagonal: null,
    shape: { ratio: RATIO },
  };
}

function intervals({ name, groups, xLabel }: IntervalsData, inkOf: InkOf): FigurePanel {
  const rows = groups.flatMap(({ label, mark, points }) =>
    points.map((point) => ({ label: points.length > 1 ? `${label}, ${point.label}` : label, mark, point })),
  );
  const ends = rows.flatMap(({ point: { value, interval } }) => [value, ...(interval ?? [])]);
  return {
    name,
    x: { label: xLabel, kind: 'linear', domain: padded([0, ...ends]), ticks: null, format: plainNumber, grid: true },
    y: rowAxis(rows.map(({ label }) => label)),
    marks: [
      { series: 'zero', kind: 'rule', from: [0, -0.6], to: [0, rows.length - 0.4], stroke: thin(GREY, 0.75) },
      ...rows.flatMap(({ label, mark, point: { value, interval } }, row): Mark[] => {
        const colour = inkOf(mark.colour);
        return [
          ...(interval === null
            ? []
            : [
                {
                  series: label,
                  kind: 'rule',
                  from: [interval[0], row],
                  to: [interval[1], row],
                  stroke: thin(colour, 1),
                } as const,
              ]),
          {
            ...{ series: label, kind: 'points', points: [[value, row]], symbol: symbolName(mark.symbol), size: 20 },
            ...{ colour, filled: true },
          },
        ];
      }),
    ],
    key: [],
    colours: null,
    diagonal: null,
    shape: { rows: rows.length, lines: 1.5 },
  };
}

function scatter({ name, square, points, classOf, classes, xLabel, yLabel }: ScatterData, inkOf: InkOf): FigurePanel {
  const axis = (label: string, middle: number): Axis => ({
    ...{ label, kind: 'linear', domain: [middle - square.reach, middle + square.reach], ticks: null, format: plainNumber },
    grid: false,
  });
  const looks = classes.map(({ label, colour, symbol, open, size }) => ({
    label,
    look: { name: symbolName(symbol), colour: inkOf(colour), filled: !open, size: Math.max(3, size * 0.32) },
  }));
  return {
    ...{ name, x: axis(xLabel, square.x), y: axis(yLabel, square.y) },
    marks: looks.map(({ label, look: { name: symbol, colour, filled, size } }, index) => ({
      ...{ series: label, kind: 'points', symbol, size, colour, filled },
      points: Array.from({ length: points.length / 2 }, (_, i) => i)
        .filter((i) => classOf[i] === index)
        .map((i): Point => [points[2 * i]!, points[2 * i + 1]!]),
    })),
    key: looks.map(({ label, look }) => ({ label, stroke: null, symbol: { ...look, size: Math.max(10, look.size) } })),
    colours: null,
    diagonal: null,
    shape: { ratio: 1 },
  };
}

const BARE = { label: '', kind: 'linear', format: String, grid: false, bare: true } as const;

function map({ name, labels, important, values, limit, log }: MapData): FigurePanel {
  const length = labels.length;
  const ramp = limit === null ? attentionRamp('light') : differenceRamp('light');
  const known = Array.from(values(), (value, at) => (at % length > Math.floor(at / length) ? null : value));
  const place = (value: number): number => (limit === null ? weightPosition(value, log) : 0.5 + value / (2 * limit));
  return {
    name,
    x: { ...BARE, domain: [0, length], ticks: [] },
    y: { ...BARE, domain: [0, length], ticks: [], down: true },
    marks: [
      {
        ...{ series: name, kind: 'cells', columns: length, ramp },
        places: known.map((value) => (value === null ? null : Math.max(0, Math.min(1, place(value))))),
        values: known,
      },
    ],
    key: [],
    colours: colourKey(ramp, limit, log),
    diagonal: { labels, important },
    shape: { ratio: 1 },
  };
}

function colourKey(ramp: Ramp, limit: number | null, log: boolean): FigurePanel['colours'] {
  if (limit !== null) return { label: 'difference of weights', ramp, ticks: [`−${limit}`, '0', `+${limit}`] };
  return {
    label: log ? 'attention, log' : 'attention',
    ramp,
    ticks: log ? [LOG_FLOOR.toFixed(3), '0.06', '1'] : ['0', '0.5', '1'],
  };
}

function heads({ name, values, sink, difference }: HeadsData, inkOf: InkOf): FigurePanel {
  const columns = values[0]?.length ?? 0;
  const top: Colour = sink ? inkOf('var(--sink)') : inkOf('var(--ink-3)');
  const ends = channelsOf(top);
  const ramp = difference
    ? differenceRamp('light')
    : Uint8ClampedArray.from({ length: 256 * 3 }, (_, i) => 255 - ((255 - ends[i % 3]!) * Math.floor(i / 3)) / 255);
  return {
    name,
    x: {
      ...{ label: 'head', kind: 'linear', domain: [0, columns], format: String, grid: false },
      ticks: Array.from({ length: columns }, (_, head) => ({ value: head + 0.5, label: String(head + 1) })),
    },
    y: {
      ...{ label: 'layer', kind: 'linear', domain: [0, values.length], format: String, grid: false, down: true },
      ticks: values.map((_, layer) => ({ value: layer + 0.5, label: String(layer + 1) })),
    },
    marks: [
      {
        ...{ series: name, kind: 'cells', columns, ramp, values: values.flat() },
        places: values.flat().map((value) => Math.max(0, Math.min(1, difference ? (1 + value) / 2 : value))),
      },
      ...values.flatMap((row, layer) =>
        row.map((value, head): Mark => ({
          ...{ series: name, kind: 'text', at: [head + 0.5, layer + 0.5], text: shareText(value), anchor: 'middle', colour: INK },
        })),
      ),
    ],
    key: [],
    colours: null,
    diagonal: null,
    shape: { rows: values.length, lines: 1.6 },
  };
}

/** Lines across a panel. */
export const GRID_STROKE = thin(HAIR, 0.4);
