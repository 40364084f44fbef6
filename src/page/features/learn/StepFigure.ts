import { createContext, type ComponentType } from 'react';
import type { FigureState } from '../../../learn/lesson';

/** Draws the panels beside a step; the page's shell, which knows all panels, provides it. */
export const StepFigure = createContext<ComponentType<{ readonly state: FigureState }>>(() => null);
