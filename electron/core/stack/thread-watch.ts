import type { Instance, Proof } from '../../contract/instance'
import type { Gateway, RequestRecord } from '../gateway/gateway.types'
import { speedCollapsed, type SpeedSample } from '../runtimes/common-threads'
import type { Supervisor, Upstream } from '../supervisor/supervisor.types'

const RECENT = 8

type Watched = Pick<Instance, 'id' | 'threads'> & { proof: Pick<Proof, 'decodeTokensPerSecond'> | null }

type ThreadWatchDeps = {
  supervisor: Pick<Supervisor, 'setThreads' | 'notice'> & {
    get(id: string): Watched | null
    upstream(id: string): Pick<Upstream, 'address' | 'headers'> | null
  }
  gateway: Pick<Gateway, 'onRequest' | 'inFlight'>
  report(error: unknown): void
}

/**
 * Compares each answer's decode speed with what the proof measured. When it has collapsed because workers starve each
 * other, the built-in engine is told to use fewer threads; for others the person is told what would help.
 */
export function watchThreads({ supervisor, gateway, report }: ThreadWatchDeps) {
  const recent = new Map<string, SpeedSample[]>()

  gateway.onRequest(record => {
    const sample = sampleOf(record, gateway.inFlight(record.instanceId ?? '') + 1)
    const instance = record.instanceId === null ? null : supervisor.get(record.instanceId)
    const expected = instance?.proof?.decodeTokensPerSecond
    if (!sample || !instance || !expected) return
    const samples = [...(recent.get(instance.id) ?? []), sample].slice(-RECENT)
    recent.set(instance.id, samples)
    const { collapsed, share } = speedCollapsed({ expected, recent: samples })
    if (!collapsed || share === null) return
    recent.delete(instance.id)
    void react(instance.id, share).catch(report)
  })

  async function react(id: string, share: number) {
    const instance = supervisor.get(id)
    const upstream = supervisor.upstream(id)
    const threads = instance?.threads ?? 1
    if (!instance || !upstream) return
    const fell = `Answers came at ${Math.round(share * 100)} % of the speed measured after the load`
    if (threads > 1 && (await retune(upstream, threads - 1))) {
      supervisor.setThreads(id, threads - 1)
      supervisor.notice(id, `${fell}, while other programs computed: threads were reduced from ${threads} to ${threads - 1}.`)
    } else
      supervisor.notice(
        id,
        `${fell}. Other programs keep the processor busy; ${threads > 1 ? 'restart it with fewer threads' : 'close one of them'}.`,
      )
  }
}

function sampleOf({ itlMs, outputTokens, outcome }: RequestRecord, atOnce: number): SpeedSample | null {
  if (outcome !== 'done' || itlMs === null || itlMs <= 0 || (outputTokens ?? 0) < 8) return null
  return { tokensPerSecond: 1000 / itlMs, atOnce }
}

/** Whether the runtime took the new number while it runs; only the built-in engine has this door. */
async function retune(upstream: Pick<Upstream, 'address' | 'headers'>, threads: number): Promise<boolean> {
  const reply = await fetch(`${upstream.address}/engine/threads`, {
    method: 'POST',
    headers: { ...upstream.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ threads }),
    signal: AbortSignal.timeout(5_000),
  }).catch(() => null)
  return reply?.ok ?? false
}
