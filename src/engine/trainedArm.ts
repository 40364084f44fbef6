/** An arm after training, on the CPU: to be exported, merged into weights, or run without the engine. */
import type { LinearRole } from '../model/decoderConfig';
import type { LoraAdapter } from '../model/lora';
import type { FloatTensor } from '../model/safetensors';
import type { ArmSpec } from '../recipe/runSpec';
import type { Engine } from './engine';
import type { Arm } from './arm';
import { slotOf, type ParameterLayout } from './parameters';

export interface TrainedArm {
  readonly spec: ArmSpec;
  /** Steps taken. */
  readonly step: number;
  readonly layout: ParameterLayout;
  /** All parameters, laid out as `layout` says. */
  readonly flat: Float32Array;
}

/** Reads an arm's parameters from the GPU. */
export async function readTrainedArm(engine: Engine, arm: Arm): Promise<TrainedArm> {
  const layout = { ...engine.layout, loraScale: arm.loraScale };
  return { spec: arm.spec, step: arm.step, layout, flat: await engine.readParameters(arm) };
}

/**
 * A parameter by its name in docs/method.md, [rows, columns]; a view, not a copy.
 * @throws Error when the layout has no parameter of that name.
 */
export function trainedParameter({ layout, flat }: Pick<TrainedArm, 'layout' | 'flat'>, name: string): FloatTensor {
  const { offset, rows, columns } = slotOf(layout, name);
  return { shape: [rows, columns], data: flat.subarray(offset, offset + rows * columns) };
}

const ADAPTED = /^lora\.(\d+)\.(\w+)_proj\.A$/;

/** The arm's LoRA alone; views, not copies. */
export function loraOf(arm: TrainedArm): LoraAdapter {
  const pairs = [...arm.layout.slots.keys()].flatMap((name) => {
    const [, layer, role] = ADAPTED.exec(name) ?? [];
    if (layer === undefined) return [];
    const a = trainedParameter(arm, name).data;
    const b = trainedParameter(arm, name.replace(/A$/, 'B')).data;
    return [{ layer: Number(layer), role: role as LinearRole, a, b }];
  });
  return { scale: arm.layout.loraScale, pairs };
}
