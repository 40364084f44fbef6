import { t } from '../../../../words/words';
import type { RunRecord } from '../../../../record/runRecord';
import { lacks } from '../../../../record/shortened';
import { Checkbox, Select } from '../../../ui/controls/Choice';
import { contrastingHead, setView, useView } from '../../../state/view/view';
import type { Head } from '../../../../readings/series/attentionData';
import { measureOptions, shownMeasure } from '../../../../readings/series/attentionMeasures';

function numbered(size: number): { value: number; label: string }[] {
  return Array.from({ length: size }, (_, i) => ({ value: i, label: String(i + 1) }));
}

export function AttentionControls({ record, at }: { readonly record: RunRecord; readonly at: Head }) {
  const logColour = useView((view) => view.logColour);
  const measure = shownMeasure(
    useView((view) => view.gridMeasure),
    record,
  );
  const { layers, heads } = record.base.attention;
  return (
    <>
      <Select
        label={t('History')}
        value={at.probe}
        options={record.probes.map((probe, value) => ({
          value,
          label:
            probe.labels.length === 0
              ? t('{history}: not in the link', { history: value + 1 })
              : t('{history}: next is {item}', { history: value + 1, item: probe.target }),
        }))}
        onChange={(probe) => {
          setView({ probe });
        }}
      />
      <Select
        label={t('Layer')}
        value={at.layer}
        options={numbered(layers)}
        onChange={(layer) => {
          setView({ layer });
        }}
      />
      <Select
        label={t('Head')}
        value={at.head}
        options={numbered(heads)}
        onChange={(head) => {
          setView({ head });
        }}
      />
      {!lacks(record, 'tables') && (
        <button
          type="button"
          className="plain"
          onClick={() => {
            setView(contrastingHead(record));
          }}
        >
          {t('differs most')}
        </button>
      )}
      <Select
        label={t('Grid')}
        value={measure.id}
        options={measureOptions()}
        onChange={(gridMeasure) => {
          setView({ gridMeasure });
        }}
      />
      <Checkbox
        label={t('log colour')}
        checked={logColour}
        onChange={(next) => {
          setView({ logColour: next });
        }}
      />
    </>
  );
}
