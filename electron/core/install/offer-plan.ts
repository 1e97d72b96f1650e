import type { InstallPlanDetail, OfferDetail } from '../../contract/install'
import type { Build } from '../../contract/runtime'
import { diskMarginBytes } from '../models/disk-space'
import { describeOffer, downloadBytesOf, isHere, versionOf, type Offered } from './offers'
import { asWhoMay } from './as-root'
import { unpackedTimes } from './install-container'
import type { RegistryImage } from './oci-registry'
import { packingOf } from './packing'

/** An archive and what comes out of it are there at the same time; llama.cpp's grow two- to threefold. */
const archiveGrows = 4
/** A program as it is lies there twice until it is in its place. */
const programGrows = 2
/** What is assumed before anything was fetched: 100 Mbit/s. */
const assumedBytesPerSecond = 12_500_000

export type PlanFacts = {
  freeBytes: number | null
  /** Of the last download of this run; null before the first. */
  bytesPerSecond: number | null
  /** Program that pulls images; null when there is none. */
  engine: string | null
  /** What the registry told of the image; null or absent where it was not asked or did not tell. */
  image?: RegistryImage | null
  /** Whether this process may do what sudo is for. */
  isRoot?: boolean
}

type Fetch = Offered['plan']['fetch']

/** What the plan would do: bytes, disk, time, commands and steps. Bytes and seconds are null where nobody tells beforehand. */
export function planDetailOf(offered: Offered, facts: PlanFacts): InstallPlanDetail {
  const { fetch } = offered.plan
  const downloadBytes = facts.image?.bytes ?? downloadBytesOf(offered)
  const diskBytes = diskBytesOf(offered, downloadBytes)
  return {
    fetches: fetchesOf(offered, facts),
    downloadBytes,
    diskBytes,
    freeBytes: facts.freeBytes,
    fits: facts.freeBytes === null || diskBytes === null || diskBytes + diskMarginBytes <= facts.freeBytes,
    ...timeOf(downloadBytes, facts.bytesPerSecond),
    commands: commandsOf(fetch, facts),
    steps: fetch.kind === 'vendor' ? [...fetch.steps] : [],
    page: fetch.kind === 'vendor' ? fetch.page : null,
    needsAgreement: fetch.kind === 'package-manager',
    notes: notesOf(fetch),
  }
}

function diskBytesOf({ plan: { fetch }, release }: Offered, downloadBytes: number | null): number | null {
  if (fetch.kind === 'python-venv') return fetch.diskBytes === undefined ? downloadBytes : fetch.diskBytes + (downloadBytes ?? 0)
  if (downloadBytes === null) return null
  if (fetch.kind === 'container') return downloadBytes * unpackedTimes
  return (release?.files ?? []).reduce(
    (sum, { name, bytes }) => sum + bytes * (packingOf(name) === 'program' ? programGrows : archiveGrows),
    0,
  )
}

function timeOf(bytes: number | null, measured: number | null): Pick<InstallPlanDetail, 'seconds' | 'secondsHow'> {
  if (bytes === null) return { seconds: null, secondsHow: 'How much comes is not known before it comes.' }
  const rate = measured ?? assumedBytesPerSecond
  const how = measured === null ? 'if 100 Mbit/s come' : `at ${(measured / 1e6).toFixed(1)} MB/s, as the last download came`
  return { seconds: Math.ceil(bytes / rate), secondsHow: how }
}

function fetchesOf({ plan: { fetch }, release }: Offered, { image }: PlanFacts): InstallPlanDetail['fetches'] {
  switch (fetch.kind) {
    case 'github-release':
      return (release?.files ?? []).map(({ name, address, bytes }) => ({ name, from: address, bytes }))
    case 'python-venv':
      return fetch.requirements.map((name, index) => ({ name, from: 'PyPI', bytes: index === 0 ? (fetch.downloadBytes ?? null) : null }))
    case 'package-manager':
      return [{ name: fetch.package, from: fetch.manager, bytes: null }]
    case 'container':
      return [{ name: `${fetch.image}:${fetch.tag}`, from: registryOf(fetch.image), bytes: image?.bytes ?? null }]
    case 'vendor':
      return [{ name: 'its own installer', from: fetch.page, bytes: null }]
  }
}

/** `nvcr.io/nvidia/x` names its registry; a name without a dot or port in its first part is on Docker Hub (distribution reference grammar). */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'Docker Hub'
}

function commandsOf(fetch: Fetch, { engine, image, isRoot }: PlanFacts): string[][] {
  if (fetch.kind === 'package-manager') return [asWhoMay(fetch.command, isRoot ?? false)]
  if (fetch.kind !== 'container') return []
  return [[engine ?? 'docker', 'pull', image ? `${fetch.image}@${image.digest}` : `${fetch.image}:${fetch.tag}`]]
}

function notesOf(fetch: Fetch): string[] {
  if (fetch.kind === 'container') return fetch.note === null ? [] : [fetch.note]
  if (fetch.kind === 'package-manager')
    return ['It changes the machine outside the folder of Roundhouse, and is removed by the same program.']
  if (fetch.kind !== 'python-venv') return []
  const replaced = fetch.overrides ? [`${fetch.overrides.requirements.join(', ')}: ${fetch.overrides.why}`] : []
  return [...replaced, ...(fetch.repairs ?? []).map(each => each.why)]
}

/** An offer with its plan. `builds` are those that are here: the newest of the same variant is what it would update. */
export function offerDetailOf(offered: Offered, facts: PlanFacts, builds: readonly Build[]): OfferDetail {
  const { kind, plan } = offered
  const older = builds.find(each => each.origin === 'managed' && each.kind === kind.kind && each.variant === plan.variant)
  return {
    ...describeOffer(offered),
    fetchKind: plan.fetch.kind,
    kind: kind.kind,
    version: versionOf(offered),
    variant: plan.variant,
    backends: [...plan.backends],
    updates: older && !isHere(offered, builds) ? older.id : null,
    plan: planDetailOf(offered, facts),
  }
}
