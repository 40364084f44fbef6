// @vitest-environment happy-dom
import { unzipSync } from 'fflate';
import { screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../../record/runRecord';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { show } from '../../../testing/component';
import { runOfSeed } from '../../../testing/seedRun';
import { describeRun } from '../../../readings/runs/runEntry';
import { useRuns } from '../../state/runs/runsState';
import { useExperiment } from '../../state/run/experiment';
import { setView } from '../../state/view/view';
import { Verdict } from '../figure/verdict/Verdict';
import { MethodsDialog } from './MethodsDialog';
import { saveExperiment } from '../../state/session/saveExperiment';

const saved = vi.hoisted(() => new Map<string, Blob>());
vi.mock('../../../charts/export/saveFile', async (real) => ({
  ...(await real<object>()),
  saveFile: (name: string, content: Blob) => saved.set(name, content),
}));

const runs = [0, 1, 2].map((seed) =>
  runOfSeed(seed, { hr: 0.1 + 0.002 * seed, sink: 0.5, nll: 9 }, { hr: 0.14 + 0.003 * seed, sink: 0.1, nll: 4 }),
);
const record: RunRecord = runs[0]!;

/** The sentences of the verdict on the page. */
function onScreen(): string[] {
  return screen.getAllByRole('definition').map(({ textContent }) => textContent);
}

describe('findings in exports', () => {
  beforeEach(() => {
    saved.clear();
    useRuns.setState({ entries: runs.map((run) => describeRun(run, { status: 'finished' })) });
    useExperiment.setState({ ...EMPTY_EXPERIMENT, record, source: 'file', device: { state: 'ready', adapter: {} as never } });
    setView({ step: null, oneSeed: false });
  });

  it('are the sentences on the page: over all seeds, or of one on request', async () => {
    const user = show(
      <>
        <Verdict />
        <MethodsDialog record={record} onClose={() => undefined} />
      </>,
    );
    const texts: string[] = [];
    for (const button of ['Seed 0 alone', 'All seeds']) {
      const sentences = onScreen();
      expect(sentences).toHaveLength(3);
      await user.click(screen.getByText('Save as file'));
      await saveExperiment(record, { adapters: [], log: null, problem: null });
      const zip = [...saved].find(([name]) => name.endsWith('.zip'))![1];
      const file = [...saved].find(([name]) => name.endsWith('.methods.md'))![1];
      const methods = new TextDecoder().decode(unzipSync(new Uint8Array(await zip.arrayBuffer()))['methods.md']);
      const paragraph = screen.getByLabelText('What was found').textContent;
      for (const sentence of sentences)
        for (const text of [methods, await file.text(), paragraph]) expect(text).toContain(sentence);
      texts.push(paragraph);
      await user.click(screen.getByText(button));
    }
    expect(texts[0]).toMatch(/^Over 3 seeds/);
    expect(texts[1]).toMatch(/^After/);
  });
});
