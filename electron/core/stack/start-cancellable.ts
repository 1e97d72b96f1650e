import type { Instance } from '../../contract/instance'
import type { StackDeps, TellStage } from './stack.types'

type Following = { signal: AbortSignal; onStage?: TellStage | undefined }

/** Starts, tells what the runtime says of its load, and stops what is starting when the job is cancelled. */
export async function startCancellable(
  deps: Pick<StackDeps, 'supervisor'>,
  spec: Parameters<StackDeps['supervisor']['start']>[0],
  { signal, onStage }: Following,
): Promise<Instance> {
  const stop = () => {
    const starting = deps.supervisor.find(spec.key)
    if (starting) void deps.supervisor.stop(starting.id)
  }
  signal.throwIfAborted()
  signal.addEventListener('abort', stop, { once: true })
  const unfollow = onStage ? follow(deps, spec.key, onStage) : () => undefined
  try {
    return await deps.supervisor.start(spec)
  } finally {
    unfollow()
    signal.removeEventListener('abort', stop)
  }
}

/** Each step of an instance once, with its share of the load where the runtime tells one. */
function follow({ supervisor }: Pick<StackDeps, 'supervisor'>, key: string, tell: TellStage): () => void {
  let last = ''
  return supervisor.subscribe(() => {
    const state = supervisor.find(key)?.state
    const stage = state && stageOf(state)
    const now = JSON.stringify(stage)
    if (!stage || now === last) return
    last = now
    tell(stage)
  })
}

function stageOf(state: Instance['state']): Parameters<TellStage>[0] | null {
  if (state.kind === 'backoff') return { text: `${state.autopsy.headline}; it is started again` }
  if (state.kind !== 'starting') return null
  return { text: state.step, ...(state.progress === null ? {} : { done: Math.round(state.progress * 100), total: 100, unit: 'percent' }) }
}
