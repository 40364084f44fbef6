import { createContext, type ReactNode } from 'react';
import type { FigureState } from '../../../learn/lesson';

/** Draws the panels beside a step. */
export type DrawFigure = (state: FigureState) => ReactNode;

/** The page's shell, which knows all panels, provides it. */
export const StepFigure = createContext<DrawFigure>(() => null);
