/** The stages of a proof on the progress line. */
import type { ProveStage } from '../pipeline/index.ts';
import { proveStages } from '../pipeline/stages.ts';
import type { Progress } from './progress.ts';

export function showStage(progress: Progress): (stage: ProveStage) => void {
  return (stage) => {
    const [words, begins] = proveStages[stage];
    progress.stage(words, begins);
  };
}
