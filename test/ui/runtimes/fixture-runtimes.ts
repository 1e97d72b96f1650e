import type { OfferDetail } from '../../../electron/contract/install'
import type { BuildDetail, RuntimeDetail, RuntimesSnapshot } from '../../../electron/contract/runtime-detail'

/** Made-up runtimes: the window knows none by name. */
export const makeBuild = (changes: Partial<BuildDetail> = {}): BuildDetail => ({
  ...{ id: 'alpha@1.0+cpu', runtime: 'alpha', kind: 'alpha', title: 'Alpha 1.0', version: '1.0', variant: 'cpu', origin: 'managed' },
  ...{ path: '/builds/alpha', backends: ['cpu'], notes: [], source: 'GitHub, owner/alpha v1.0', digest: 'sha256:ab', bytes: 52_000_000 },
  ...{ files: 12, installedAt: '2026-11-20T10:00:00Z', active: true, activeOfKind: true, usedBy: [], warnings: [], removable: true },
  ...{ whyNotRemovable: null, repairable: true, proved: { asked: 72, right: 72, at: '2026-11-20T10:01:00Z' }, flags: 40 },
  ...changes,
})

export const makeOffer = (changes: Partial<OfferDetail> = {}): OfferDetail => ({
  ...{ id: 'alpha/alpha/release', runtime: 'alpha', title: 'Alpha 1.1', source: 'GitHub, owner/alpha', bytes: 60_000_000, why: null },
  ...{ fetchKind: 'github-release', kind: 'alpha', version: '1.1', variant: 'cpu', backends: ['cpu'], updates: null },
  plan: {
    fetches: [{ name: 'alpha-linux-x64.tar.gz', from: 'GitHub', bytes: 60_000_000 }],
    ...{ downloadBytes: 60_000_000, diskBytes: 240_000_000, freeBytes: 9_000_000_000, fits: true, seconds: 20, secondsHow: 'at 3 MB/s' },
    ...{ commands: [], steps: [], page: null, needsAgreement: false, notes: [] },
  },
  ...changes,
})

export const makeRuntime = (changes: Partial<RuntimeDetail> = {}): RuntimeDetail => ({
  ...{ id: 'alpha', title: 'Alpha', purpose: 'Serves many people.', homepage: 'https://alpha.example', launchable: true },
  verdict: { can: true, how: 'native', backends: ['cpu'], notes: [] },
  tier: 'first-class',
  ...{ builds: [], offers: [], settings: [], saved: {}, matrixSource: 'a source', conformance: [], metrics: true, pins: [] },
  matrix: {
    throughput: { tier: 'excellent', says: 'Fast.', now: null },
    maintenance: { tier: 'limited', says: 'Much work.', now: 'Less than it was.' },
  },
  ...{ securityFloor: null, updates: [], rollbacks: [] },
  ...changes,
})

export const makeSnapshot = (runtimes: RuntimeDetail[]): RuntimesSnapshot => ({
  runtimes,
  dimensions: [
    { id: 'throughput', title: 'Throughput', asks: 'How fast?' },
    { id: 'maintenance', title: 'Little upkeep', asks: 'How much work?' },
  ],
  looking: false,
})
