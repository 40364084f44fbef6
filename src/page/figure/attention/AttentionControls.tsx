import type { RunRecord } from '../../../record/runRecord';
import { Check, Select } from '../../controls/Choice';
import { contrastingHead, setView, useView } from '../../state/view';
import type { Head } from './attentionData';
import { MEASURE_OPTIONS, shownMeasure } from './measures';

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
        label="History"
        value={at.probe}
        options={record.probes.map((probe, value) => ({ value, label: `${value + 1}: next is ${probe.target}` }))}
        onChange={(probe) => {
          setView({ probe });
        }}
      />
      <Select
        label="Layer"
        value={at.layer}
        options={numbered(layers)}
        onChange={(layer) => {
          setView({ layer });
        }}
      />
      <Select
        label="Head"
        value={at.head}
        options={numbered(heads)}
        onChange={(head) => {
          setView({ head });
        }}
      />
      <button
        type="button"
        className="plain"
        onClick={() => {
          setView(contrastingHead(record));
        }}
      >
        differs most
      </button>
      <Select
        label="Grid"
        value={measure.id}
        options={MEASURE_OPTIONS}
        onChange={(gridMeasure) => {
          setView({ gridMeasure });
        }}
      />
      <Check
        label="log colour"
        checked={logColour}
        onChange={(next) => {
          setView({ logColour: next });
        }}
      />
    </>
  );
}
