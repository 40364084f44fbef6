import { placeAxes, type Box, type PlacedAxes } from '../../scene/drawing';
import type { ScenePanel } from '../../scene/scene';
import { labelRoom } from '../../scene/ticks';

/** The axes of a scene in an area of the page. @param most round ticks of the x axis */
export function axesOnPage(panel: Pick<ScenePanel, 'x' | 'y'>, area: Box, most: number): PlacedAxes {
  return placeAxes(panel, area, { x: { most, room: labelRoom }, y: { most: 4, room: () => 0 } });
}
