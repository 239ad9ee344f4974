// Progress on standard error: a bar in a terminal, a few lines elsewhere.

import cliProgress from 'cli-progress';
import type { FitProgress } from '../estimators/options.js';
import { short } from './show.js';
import { note, redraws } from './terminal.js';

/** Milliseconds between lines where there is no terminal. */
const BETWEEN_LINES = 5000;

/** Short work needs no bar: milliseconds before one appears. */
const PATIENCE = 500;

const VERBS = { select: 'choosing', train: 'training' } as const;

interface Reporter {
  report(progress: FitProgress): void;
  done(): void;
}

export const silent: Reporter = { report() {}, done() {} };

function timeLeft({ done, all }: FitProgress, elapsed: number): string {
  const seconds = Math.ceil((elapsed / Math.max(done, 1)) * (all - done)) / 1000;
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${Math.ceil(seconds)} s`;
}

export function reporter(): Reporter {
  const terminal = redraws();
  let stage: FitProgress['stage'] | undefined;
  let stageBegan = 0;
  let bar: cliProgress.SingleBar | undefined;
  let lastLine = 0;
  const facts = (progress: FitProgress) => ({
    verb: VERBS[progress.stage],
    loss: progress.loss === undefined ? '' : `, loss ${short(progress.loss)}`,
    rate: progress.rate === undefined ? '' : `, rate ${short(progress.rate)}`,
    left: timeLeft(progress, progress.time - stageBegan),
  });
  return {
    report(progress) {
      if (progress.stage !== stage) {
        bar?.stop();
        bar = undefined;
        stage = progress.stage;
        stageBegan = progress.time;
      }
      if (progress.time < PATIENCE) return;
      const { verb, loss, rate, left } = facts(progress);
      if (terminal) {
        if (!bar) {
          bar = new cliProgress.SingleBar(
            {
              format: '{verb} {bar} {value}/{total}{loss}{rate}, {left} left',
              stream: process.stderr,
              hideCursor: true,
              clearOnComplete: true,
            },
            cliProgress.Presets.shades_classic,
          );
          bar.start(progress.all, progress.done, { verb, loss, rate, left });
        } else bar.update(progress.done, { verb, loss, rate, left });
      } else if (progress.time - lastLine >= BETWEEN_LINES) {
        lastLine = progress.time;
        note(`${verb} ${progress.done}/${progress.all}${loss}${rate}, ${left} left`);
      }
    },
    done() {
      bar?.stop();
    },
  };
}
