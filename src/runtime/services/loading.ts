import type { StageProgress } from '../../record/runEvents';
import type { Emit } from '../protocol';

/** Tells the page what is being loaded for a question, and when that is over. */
export class Loading {
  constructor(private readonly emit: Emit) {}

  readonly progress = (progress: StageProgress): void => {
    this.emit({ type: 'progress', progress });
  };

  async during<T>(load: () => Promise<T>): Promise<T> {
    try {
      return await load();
    } finally {
      this.emit({ type: 'loaded' });
    }
  }
}
