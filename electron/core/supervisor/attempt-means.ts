import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Autopsy } from '../../contract/instance'
import type { Ports } from './ports'
import type { AttemptMeans, StartSpec } from './supervisor.types'

export type Means = AttemptMeans & { giveBack(): void }

/** What one attempt needs of its own: the port the person fixed or a free one, a fresh secret, a private folder. */
export async function makeMeans(deps: { ports: Ports; runFolder: string }, instanceId: string, spec: StartSpec): Promise<Means> {
  const fixed = spec.request?.port ?? null
  const folder = join(deps.runFolder, instanceId)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const port = fixed ?? (await deps.ports.reserve())
  return {
    port,
    folder,
    key: randomBytes(24).toString('base64url'),
    giveBack: () => deps.ports.release(port),
  }
}

/** A port that the person fixed is not replaced behind their back: a free one is offered. */
export async function withFreePort(autopsy: Autopsy, ports: Ports): Promise<Autopsy> {
  if (autopsy.cause !== 'port-taken' || !autopsy.permanent) return autopsy
  const port = await ports.reserve()
  ports.release(port)
  return { ...autopsy, fixes: [{ title: `Start on port ${port}`, detail: null, action: { kind: 'restart-with', port } }, ...autopsy.fixes] }
}
