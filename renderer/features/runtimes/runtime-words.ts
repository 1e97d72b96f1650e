import type { Job } from '../../../electron/contract/job'
import type { OfferDetail } from '../../../electron/contract/install'
import type { BuildDetail, RuntimeDetail } from '../../../electron/contract/runtime-detail'
import type { RuntimeVerdict } from '../../../electron/contract/runtime'
import type { Tone } from '../../ui/state-word'

export interface Words {
  tone: Tone
  word: string
  /** The reason, in the second voice. */
  about: string
}

const backendNames: Readonly<Record<string, string>> = {
  cuda: 'CUDA',
  rocm: 'ROCm',
  metal: 'Metal',
  vulkan: 'Vulkan',
  cann: 'CANN',
  sycl: 'SYCL',
  cpu: 'CPU',
}

/** `cuda`, `cpu` -> `CUDA, CPU`. */
export const backendWords = (backends: readonly string[]): string => backends.map(each => backendNames[each] ?? each).join(', ')

/** Whether it can run on this machine, in a word and a reason. */
export function verdictWords(verdict: RuntimeVerdict): Words {
  if (!verdict.can) return { tone: 'bad', word: 'Not here', about: verdict.why }
  const how = { native: '', wsl2: 'inside WSL2', container: 'in a container', remote: 'elsewhere' }[verdict.how]
  const about = [backendWords(verdict.backends), how].filter(Boolean).join(', ')
  const [note] = verdict.notes
  if (verdict.how === 'remote' && note !== undefined) return { tone: 'info', word: 'By address', about: note }
  return note === undefined ? { tone: 'ok', word: 'Runs here', about } : { tone: 'warn', word: 'With limits', about: note }
}

const originNames: Readonly<Record<BuildDetail['origin'], string>> = {
  bundled: 'part of the app',
  managed: 'installed here',
  adopted: 'found',
  running: 'running already',
}

export const originWords = (build: Pick<BuildDetail, 'origin'>): string => originNames[build.origin]

/** `built-in 3.21.1 · b7104 cuda`: the builds of a row, the active one first; at most two are named. */
export function buildsWords(builds: readonly BuildDetail[]): string {
  if (builds.length === 0) return '–'
  const ordered = [...builds].sort((left, right) => Number(right.active) - Number(left.active))
  const named = ordered.slice(0, 2).map(({ kind, version, origin, runtime }) => {
    const name = kind === runtime ? '' : kind
    return [name, version, origin === 'adopted' ? 'adopted' : origin === 'running' ? 'running' : ''].filter(Boolean).join(' ')
  })
  return [...named, ...(builds.length > 2 ? [`+${builds.length - 2}`] : [])].join(' · ')
}

/** A model that is moved to a program is no job of that program's builds, though it names it. */
const ofBuilds: ReadonlySet<Job['kind']> = new Set(['install', 'update', 'remove'])

/** The newest job of a runtime that is not over well: what its row shows instead of a state. */
export function jobOf(runtime: RuntimeDetail, jobs: readonly Job[]): Job | null {
  const last = lastJobOf(runtime, jobs)
  return last?.state === 'cancelled' ? null : last
}

/** The same, also when it was cancelled: something of it may be kept. */
export function lastJobOf(runtime: RuntimeDetail, jobs: readonly Job[]): Job | null {
  const titles = new Set([...runtime.offers.map(each => each.title), ...runtime.builds.map(each => each.title)])
  const about = jobs.findLast(job => ofBuilds.has(job.kind) && [...titles].some(title => job.title.includes(title)))
  return about && about.state !== 'done' ? about : null
}

/** What a row's state column says. */
export function stateWords(runtime: RuntimeDetail): Words {
  const warned = runtime.builds.flatMap(build => build.warnings)[0]
  if (warned) return { tone: 'warn', word: warned.kind === 'files-changed' ? 'files changed' : 'see warning', about: warned.text }
  const used = runtime.builds.flatMap(build => build.usedBy)
  if (used.length > 0) return { tone: 'ok', word: `running, ${used.length}`, about: used.join(', ') }
  if (runtime.builds.length > 0) return { tone: 'ok', word: 'installed', about: '' }
  if (rowAction(runtime) === 'why' && runtime.verdict.can) return { tone: 'info', word: 'not to be had now', about: '' }
  return { tone: 'info', word: runtime.verdict.can && runtime.tier !== 'attach' ? 'not installed' : '–', about: '' }
}

/** The best offer that can be carried out, and the newest that updates what is here. */
export const installable = (runtime: RuntimeDetail): OfferDetail | null =>
  runtime.offers.find(each => each.why === null && each.updates === null) ?? null
export const updateOffer = (runtime: RuntimeDetail): OfferDetail | null =>
  runtime.offers.find(each => each.why === null && each.updates !== null) ?? null

/** Those that can run on this machine apart from those that cannot, each in their order. */
export function byVerdict(runtimes: readonly RuntimeDetail[]): { can: RuntimeDetail[]; cannot: RuntimeDetail[] } {
  const [can, cannot] = [true, false].map(wanted => runtimes.filter(each => each.verdict.can === wanted))
  return { can: can ?? [], cannot: cannot ?? [] }
}

export type RowAction = 'start' | 'install' | 'how-to' | 'attach' | 'why'

/** The one thing to do with a runtime now. */
export function rowAction(runtime: RuntimeDetail): RowAction {
  if (runtime.builds.length > 0 && runtime.launchable) return 'start'
  if (!runtime.verdict.can) return 'why'
  const offer = installable(runtime)
  if (offer) return offer.fetchKind === 'vendor' ? 'how-to' : 'install'
  return runtime.tier === 'attach' ? 'attach' : 'why'
}
