/** How far an arm's next tokens are from the base model's, on texts. */
import type { Arm } from '../../arm';
import { packTexts } from '../../decoder/sequence';
import { REPORT, type Engine } from '../../engine';
import { textGroups } from '../../ranking/textGroups';
import { fill } from '../../rows/rows';
import type { Divergence } from './divergence';

/**
 * Mean over texts of KL(base‖arm) per token, in nats, of `[BOS] text`.
 * @param divergence with room for a pass over histories
 */
export async function textDivergence(
  engine: Engine,
  divergence: Divergence,
  arm: Arm,
  texts: readonly (readonly number[])[],
): Promise<number> {
  const { context, decoder, histories, report, scratch, inputs } = engine;
  const { recorder } = context;
  const { pass } = histories;
  const views = engine.use(arm);
  const entering = histories.inputs(arm.parameters);
  fill(context, report, REPORT.evaluation + 1);
  for (const group of textGroups(texts, { rows: pass.capacity })) {
    const packed = packTexts(group, { bosId: inputs.config.bosId, ofAll: texts.length });
    const rows = packed.text.rows.length;
    // Recorded commands read the lists that the next load overwrites.
    recorder.submit();
    decoder.load(pass, packed);
    divergence.load(packed.text);
    decoder.forward({ pass, rows: packed.rows, arm: null }, entering);
    divergence.keepBase(pass, rows);
    decoder.forward({ pass, rows: packed.rows, arm: views }, entering);
    divergence.run(pass, rows, { report, slot: REPORT.evaluation }, { weight: 1, dHidden: scratch.hidden });
  }
  return (await recorder.submitAndRead(report, REPORT.evaluation + 1))[REPORT.evaluation]!;
}
