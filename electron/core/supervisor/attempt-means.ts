import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
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
