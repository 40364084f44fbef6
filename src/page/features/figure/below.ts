/** What the figure shows below the maps, in one module, since one chunk is loaded sooner than eight. */
export { AttentionPanel } from './attention/AttentionPanel';
export { FrameCurves } from './frame/FrameCurves';
export { RateCurves } from './frame/RateCurves';
export { Stage } from './frame/Stage';
export { ShippedSweep } from './sweep/ShippedSweep';
export { CloserLook } from './closer/CloserLook';
export { FidelityPanel } from './fidelity/FidelityPanel';
export { InferencePanel } from './inference/InferencePanel';
export { ReadingPanel } from './readings/ReadingPanel';
export { TextPanel } from './texts/TextPanel';
export { TrainingCharts } from './TrainingCharts';
export { Verdict } from './verdict/Verdict';
