/** The kinds of charts, and the scene of each. */
import type { ScenePanel } from '../scene';
import { forestPanel, type ForestData } from './forest';
import { headsPanel, type HeadsData } from './heads';
import { intervalsPanel, type IntervalsData } from './intervals';
import { linesPanel, type LinesData } from './lines';
import { mapPanel, type MapData } from './map';
import { scatterPanel, type ScatterData } from './scatter';
import { sweepPanel, type SweepData } from './sweep';

export type ChartData = LinesData | ForestData | SweepData | IntervalsData | ScatterData | MapData | HeadsData;

export function panelOf(chart: ChartData): ScenePanel {
  switch (chart.kind) {
    case 'lines':
      return linesPanel(chart);
    case 'forest':
      return forestPanel(chart);
    case 'sweep':
      return sweepPanel(chart);
    case 'intervals':
      return intervalsPanel(chart);
    case 'scatter':
      return scatterPanel(chart);
    case 'map':
      return mapPanel(chart);
    case 'heads':
      return headsPanel(chart);
  }
}
