/** Worker threads of Node. They keep no process alive. */
import { Worker } from 'node:worker_threads';
import { type CrewOptions, openCrew, type Spawn, type Threads } from '../crew.ts';

const spawn: Spawn = (source, task, onLost) => {
  const worker = new Worker(`${source}\nwork(require('node:worker_threads').workerData);`, {
    eval: true,
    execArgv: [],
    workerData: task,
  });
  worker.unref();
  worker.on('error', onLost);
  worker.on('exit', onLost);
  return { end: () => void worker.terminate() };
};

/** `count` threads, the calling one included; null where memory cannot be shared. Ask for more than one. */
export function openNodeThreads(count: number, options: CrewOptions = {}): Threads | null {
  return openCrew(count, spawn, options);
}
