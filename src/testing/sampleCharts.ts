/**
 * A chart of every kind, with everything that is hard to print: many points, long names, symbols, a masked
 * map.
 */
import { symbolCircle, symbolSquare } from 'd3';
import type { ChartData } from '../scene/charts/chart';
import { plainNumber } from '../scene/ticks';
import { armMark } from '../scene/marks/armMark';
import type { LineSeries } from '../scene/charts/series';

const IDS = ['action', '+gen', '+rec', 'karma'];
const mark = (id: string) => armMark(id, IDS);

function wave(i: number, phase: number): number {
  return 0.1 + 0.05 * Math.sin(i / 7 + phase) + 0.0003 * i;
}

const POINTS = Array.from({ length: 11 }, (_, i) => 20 * i);

const series = IDS.map((id, index): LineSeries => ({
  id,
  label: ['Action', '+gen', '+rec', 'KARMA (λ = 0.3)'][index]!,
  mark: mark(id),
  points: POINTS.map((x) => ({ x, key: x, y: wave(x, index), low: wave(x, index) - 0.012, high: wave(x, index) + 0.012 })),
  apart: [{ x: 200, key: 200, y: wave(205, index), low: wave(205, index) - 0.01, high: wave(205, index) + 0.01 }],
  markers: true,
}));

const LENGTH = 30;

export const SAMPLE_CHARTS: readonly ChartData[] = [
  {
    kind: 'lines',
    name: 'HR@10 over steps',
    series,
    references: [
      { id: 'popularity', label: 'Popularity', value: 0.04, dash: '2 3' },
      { id: 'knn', label: 'item-kNN', value: 0.18, dash: '8 3' },
    ],
    xKind: 'linear',
    yKind: 'linear',
    formatX: plainNumber,
    formatY: (value) => (100 * value).toFixed(1),
    include: [0],
    xLabel: 'training step',
    yLabel: 'HR@10 (%)',
  },
  {
    kind: 'lines',
    name: 'Losses',
    series: [
      {
        id: 'karma',
        label: 'KARMA (λ = 0.3)',
        mark: mark('karma'),
        points: Array.from({ length: 5000 }, (_, i) => ({ x: i, key: i, y: 5 * Math.exp(-i / 900) + 0.5 })),
        raw: Array.from({ length: 5000 }, (_, i) => ({
          x: i,
          key: i,
          y: 5 * Math.exp(-i / 900) + 0.5 + (i % 977 === 0 ? 1.5 : 0.2 * Math.sin(i)),
        })),
        markers: false,
      },
    ],
    references: [],
    xKind: 'linear',
    yKind: 'log',
    formatX: plainNumber,
    formatY: plainNumber,
    xLabel: 'training step',
    yLabel: 'loss (nats)',
  },
  {
    kind: 'lines',
    name: 'HR@10 over seeds',
    series: series.slice(0, 2).map((one) => ({
      ...one,
      banded: true,
      apart: [],
      traces: [one.points.map((point) => ({ ...point, y: point.y + 0.01 }))],
    })),
    references: [],
    xKind: 'linear',
    yKind: 'linear',
    formatX: plainNumber,
    formatY: (value) => value.toFixed(2),
    xLabel: 'training step',
    yLabel: 'HR@10',
  },
  {
    kind: 'forest',
    name: 'LM drift (nats per token)',
    rows: IDS.slice(1).map((id, i) => ({
      label: ['+gen', '+rec, item interface text', 'KARMA 0.3, item interface text, LoRA rank 64, and more than fits'][i]!,
      mark: mark(id),
      estimate: { difference: -1 + i / 2, low: -1.3 + i / 2, high: -0.7 + i / 2, distinguishable: i < 2 },
      seeds: [-1.1, -0.9, -1].map((value) => value + i / 2),
    })),
  },
  {
    kind: 'sweep',
    name: 'HR@10 (%)',
    lines: IDS.slice(0, 2).map((id, i) => ({
      label: ['Action', '+gen'][i]!,
      mark: mark(id),
      points: [0.001, 0.002, 0.004, 0.008].map((at, k) => ({ at, mean: 5 + i - k, low: 4.5 + i - k, high: 5.5 + i - k })),
    })),
    axis: 'Learning rate',
    base: 1.2,
  },
  {
    kind: 'intervals',
    name: 'Decodability gain',
    groups: IDS.slice(0, 3).map((id, i) => ({
      id,
      label: id,
      mark: mark(id),
      points: ['all', 'cold'].map((label, k) => ({
        label,
        value: 0.01 * (i - k),
        interval: [0.01 * (i - k) - 0.008, 0.01 * (i - k) + 0.008] as const,
      })),
    })),
    xLabel: 'nats per token',
  },
  {
    kind: 'scatter',
    name: 'Embeddings of KARMA',
    square: { x: 0, y: 0, reach: 2 },
    points: Float64Array.from({ length: 400 }, (_, i) => 1.8 * Math.sin(i * i) * Math.cos(i / 3)),
    classOf: Array.from({ length: 200 }, (_, i) => i % 2),
    classes: [
      { id: 'warm', label: 'warm item', colour: 'var(--class-1)', symbol: symbolCircle, open: false, size: 14 },
      { id: 'user', label: 'history', colour: 'var(--class-2)', symbol: symbolSquare, open: true, size: 30 },
    ],
    xLabel: 'component 1',
    yLabel: 'component 2',
  },
  {
    kind: 'map',
    name: 'Attention of KARMA, layer 2, head 1',
    labels: ['[BOS]', ...Array.from({ length: LENGTH - 2 }, (_, i) => `item number ${i + 1}, a long name`), '[EMB]'],
    important: [4, 8, 12, 16, 20],
    values: () => Float32Array.from({ length: LENGTH * LENGTH }, (_, at) => Math.abs(Math.sin(at)) ** 3),
    limit: null,
    log: false,
  },
  {
    kind: 'map',
    name: 'KARMA − Action',
    labels: ['[BOS]', 'a', 'b', '[EMB]'],
    important: [1, 2],
    values: () => Float32Array.from({ length: 16 }, (_, at) => Math.sin(at) / 3),
    limit: 0.5,
    log: false,
  },
  {
    kind: 'heads',
    name: 'item-sink rate of KARMA by layer and head',
    values: [
      [0.1, 0.52, 1],
      [0, 0.07, -0.3],
    ],
    sink: true,
    difference: false,
  },
];
