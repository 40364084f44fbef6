import { useState, type ReactNode } from 'react';
import { LineChart } from '../../charts/line/LineChart';
import type { XRange } from '../../charts/line/range';
import { BANDS } from '../../statistics/seedBand';
import { measureHeading } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { Select } from '../controls/Choice';
import { Panel } from '../figure/panel/Panel';
import { count, fixed } from '../format';
import { BAND_WORDS, baseReferences, seedSeries, seedTable, type SeedGroup } from './seedCurves';
import { setView, useView } from '../state/view';

interface SeedCurvesProps {
  readonly groups: readonly SeedGroup[];
  readonly measure: Measure;
  readonly title: string;
  readonly sentence: ReactNode;
}

/** One measure over steps, with a band over seeds around each mean. */
export function SeedCurves({ groups, measure, title, sentence }: SeedCurvesProps) {
  const band = useView((view) => view.band);
  const [hovered, setHovered] = useState<number | null>(null);
  const [range, setRange] = useState<XRange | null>(null);
  const series = seedSeries(groups, measure, band);
  const most = Math.max(0, ...groups.map(({ seeds }) => seeds.length));
  return (
    <Panel
      name={`${measure.name} over seeds`}
      title={title}
      wide
      controls={
        <Select
          label="Band"
          value={band}
          options={BANDS.map((value) => ({ value, label: BAND_WORDS[value] }))}
          onChange={(next) => {
            setView({ band: next });
          }}
        />
      }
      table={() => seedTable(groups, measure, band)}
      sentence={sentence}
      caption={
        <>
          Mean over the seeds of a recipe
          {most > 1 ? `; band: ${BAND_WORDS[band]}; faint: single seeds` : '; one seed each, so no band'}. Filled markers: the
          users that are evaluated while training; open markers: all users at the end, test targets. Dotted: the base model
          without training, where the measure has a value for it.
        </>
      }
    >
      <LineChart
        name={`${measure.name} over steps`}
        height={280}
        labelWidth={180}
        series={series}
        references={baseReferences(groups, measure)}
        xKind="linear"
        yKind="linear"
        formatX={count}
        formatY={(value) => fixed(value, measure.digits)}
        xLabel="training step"
        yLabel={measureHeading(measure)}
        hovered={hovered}
        onHover={setHovered}
        range={range}
        onZoom={setRange}
        describeKey={(key) => `step ${count(key)}`}
      />
    </Panel>
  );
}
