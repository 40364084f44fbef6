/**
 * The intake worker: reads dropped files and answers what recipes would make of them, in parallel with
 * training.
 */
import { LogError } from '../log/types';
import { ModelError } from '../model/modelError';
import { speak } from '../words/languages';
import { DatasetService } from './intake/datasets';
import { PictureService } from './intake/pictures';
import { ReadingService } from './intake/reading';
import { SourceService } from './intake/sources';
import type { IntakeFailure, IntakeServices } from './intakeProtocol';
import { serve } from './rpc/serve';

const sources = new SourceService();
const reading = new ReadingService(sources);
const pictures = new PictureService(sources, reading);
const services: IntakeServices = { words: { speak }, sources, datasets: new DatasetService(sources), reading, pictures };

function describe(error: unknown): IntakeFailure {
  if (error instanceof LogError) return { message: error.message, issues: error.issues, broken: false };
  if (error instanceof ModelError) return { message: `${error.message} ${error.advice}`, issues: [], broken: false };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: detail, issues: [], broken: true };
}

serve(globalThis, services, { describe });
