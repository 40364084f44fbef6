/** The matrices of a block that LoRA adapts. */
import { roleOf } from '../src/engine/parameters';
import type { DecoderConfig, LinearRole } from '../src/model/decoderConfig';
import { blockShapes } from '../src/model/decoderTensors';
import { PROJECTIONS, type Projection } from '../src/recipe/runSpec';

/** A frozen matrix [rows, columns], and its name among a block's weights. */
export interface ProjectionShape {
  readonly projection: Projection;
  readonly role: LinearRole;
  readonly rows: number;
  readonly columns: number;
}

/** Those that blocks of this config have. */
export function projectionShapes(config: DecoderConfig): readonly ProjectionShape[] {
  const shapes = blockShapes(config);
  return PROJECTIONS.flatMap((projection) => {
    const role = roleOf(projection);
    const [rows, columns] = shapes.get(role) ?? [];
    return rows === undefined || columns === undefined ? [] : [{ projection, role, rows, columns }];
  });
}
