import type { Instance } from '../../contract/instance'
import type { StackDeps } from './stack.types'

/** Starts, and stops what is starting when the job is cancelled. */
export async function startCancellable(
  deps: StackDeps,
  spec: Parameters<StackDeps['supervisor']['start']>[0],
  signal: AbortSignal,
): Promise<Instance> {
  const stop = () => {
    const starting = deps.supervisor.find(spec.key)
    if (starting) void deps.supervisor.stop(starting.id)
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await deps.supervisor.start(spec)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
