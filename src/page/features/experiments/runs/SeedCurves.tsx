import { useState, type ReactNode } from 'react';
import { t } from '../../../../words/words';
import { LineChart } from '../../../../charts/line/LineChart';
import type { XRange } from '../../../../scene/charts/range';
import { BANDS } from '../../../../statistics/seedBand';
import type { Measure } from '../../../../measures/measure';
import { Select } from '../../../ui/controls/Choice';
import { Panel } from '../../../ui/panel/Panel';
import { count, fixed } from '../../../../readings/format';
import { BAND_WORDS, baseReferences, seedSeries, seedTable, type SeedGroup } from '../../../../readings/runs/seedCurves';
import { measureHeading } from '../../../../measures/measures';
import { setView, useView } from '../../../state/view/view';

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
      name={() => t('{measure} over seeds', { measure: measure.name })}
      title={title}
      wide
      controls={
        <Select
          label={t('Band')}
          value={band}
          options={BANDS.map((value) => ({ value, label: t(BAND_WORDS[value]) }))}
          onChange={(next) => {
            setView({ band: next });
          }}
        />
      }
      table={() => seedTable(groups, measure, band)}
      sentence={sentence}
      caption={
        <>
          {most > 1
            ? t('Mean over the seeds of a recipe; band: {band}; faint: single seeds.', { band: t(BAND_WORDS[band]) })
            : t('Mean over the seeds of a recipe; one seed each, so no band.')}{' '}
          {t(
            'Filled markers: the users that are evaluated while training, whom each seed draws anew if they are a sample; open markers: the users of the final evaluation, test targets. Dotted: the base model without training, where the measure has a value for it.',
          )}
        </>
      }
    >
      <LineChart
        name={() => t('{measure} over steps', { measure: measure.name })}
        height={280}
        labelWidth={180}
        series={series}
        references={baseReferences(groups, measure)}
        xKind="linear"
        yKind="linear"
        formatX={count}
        formatY={(value) => fixed(value, measure.digits)}
        xLabel={() => t('training step')}
        yLabel={() => measureHeading(measure)}
        hovered={hovered}
        onHover={setHovered}
        range={range}
        onZoom={setRange}
        describeKey={(key) => t('step {step}', { step: count(key) })}
      />
    </Panel>
  );
}
