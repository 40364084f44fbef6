/** The action losses by their name in recipes. A name without a room is a type error. */
import type { ActionLoss } from '../../recipe/runSpec';
import type { ActionLossRoom } from './actionLoss';
import { full } from './full/loss';
import { infonce } from './infonce/loss';
import { pairwise } from './pairwise/loss';

export const ACTION_LOSSES: Readonly<Record<ActionLoss, ActionLossRoom>> = { pairwise, infonce, full };
