import { isRoomy, type Placement, type Share } from './placement'

/** A placement with a draft model beside it in the same process: its weights, cache and buffers come on top, the engine's own part only once. */
export function withDraft(placement: Placement, draft: Placement): Placement {
  const own = new Set(placement.shares.map(each => each.device.id))
  const shares = [
    ...placement.shares.map(share => added(share, draft.shares.find(each => each.device.id === share.device.id) ?? null)),
    ...draft.shares
      .filter(each => !own.has(each.device.id) && each.weightsMiB > 0)
      .map(each => ({ ...each, overheadMiB: 0, freeMiB: each.freeMiB + each.overheadMiB, layers: 0 })),
  ]
  return { ...placement, shares, fits: placement.fits && shares.every(isRoomy) }
}

function added(share: Share, draft: Share | null): Share {
  if (!draft) return share
  const { weightsMiB, kvMiB, computeMiB } = draft
  return {
    ...share,
    weightsMiB: share.weightsMiB + weightsMiB,
    kvMiB: share.kvMiB + kvMiB,
    computeMiB: share.computeMiB + computeMiB,
    repackedMiB: (share.repackedMiB ?? 0) + (draft.repackedMiB ?? 0),
    freeMiB: share.freeMiB - weightsMiB - kvMiB - computeMiB,
  }
}
