import { Worker } from 'node:worker_threads'
import { Failure, failureCodes, type FailureCode, type FailureReport } from '../../contract/failure'

/** A piece of work that must not run on the host's loop, by name; electron/worker.ts maps the name to its function. */
export type Task<Input, Output, Progress = never> = { name: string; readonly types?: { input: Input; output: Output; progress: Progress } }

export const defineTask = <Input, Output, Progress = never>(name: string): Task<Input, Output, Progress> => ({ name })

export type TaskOptions<Progress> = { timeoutMs: number; signal?: AbortSignal; onProgress?: (progress: Progress) => void }

export type Background = {
  /** Runs the task in a worker thread of its own; ends the thread when the time is up or the signal fires. */
  run<Input, Output, Progress>(task: Task<Input, Output, Progress>, input: Input, options: TaskOptions<Progress>): Promise<Output>
}

/** What the worker answers. */
export type WorkerMessage =
  { type: 'progress'; progress: unknown } | { type: 'done'; output: unknown } | { type: 'failed'; failure: FailureReport }

/** `file` is the built electron/worker.ts. */
export function createBackground(file: string | URL): Background {
  return {
    run<Input, Output, Progress>(task: Task<Input, Output, Progress>, input: Input, options: TaskOptions<Progress>) {
      const worker = new Worker(file, { workerData: { task: task.name, input } })
      return new Promise<Output>((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer)
          options.signal?.removeEventListener('abort', cancel)
          void worker.terminate()
          settle()
        }
        const cancel = () => {
          end(() => reject(new Failure('cancelled', `${task.name} was cancelled`)))
        }
        const timer = setTimeout(() => {
          end(() => reject(new Failure('unexpected', `${task.name} took longer than ${options.timeoutMs} ms`)))
        }, options.timeoutMs)
        worker.on('message', (message: WorkerMessage) => {
          if (message.type === 'progress') options.onProgress?.(message.progress as Progress)
          else if (message.type === 'done') end(() => resolve(message.output as Output))
          else end(() => reject(failureFrom(message.failure)))
        })
        worker.on('error', error => end(() => reject(error instanceof Error ? error : new Error(String(error)))))
        worker.on('exit', code => end(() => reject(new Failure('unexpected', `${task.name} ended with code ${code}`))))
        if (options.signal?.aborted) cancel()
        else options.signal?.addEventListener('abort', cancel)
      })
    },
  }
}

function failureFrom(report: FailureReport): Failure {
  const code = (report.code in failureCodes ? report.code : 'unexpected') as FailureCode
  return new Failure(code, report.message)
}
