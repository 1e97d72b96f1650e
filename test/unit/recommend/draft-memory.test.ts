import { expect, test } from 'vitest'
import { withDraft } from '../../../electron/core/recommend/draft-memory'
import { describePlacement } from '../../../electron/core/recommend/memory'
import { sizeOfArtifact } from '../../../electron/core/recommend/model-size'
import { place, type PlacementInput } from '../../../electron/core/recommend/placement'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

function inputOf(id: string, vramFreeMiB: number): PlacementInput {
  const model = catalogue.find(each => each.id === id)
  const artifact = model?.artifacts.find(each => each.id === 'Q4_K_M')
  if (!model || !artifact) throw new Error(`The catalogue lacks ${id} Q4_K_M`)
  return {
    ...{ machine: machineOf({ gpus: [gpuOf({ vramMiB: 24_564, vramFreeMiB })] }), model: sizeOfArtifact(model, artifact) },
    ...{ contextTokens: 4096, slots: 1, kvQuantisation: 'f16' as const, backend: 'cuda' },
    engine: { overheadMiB: { cuda: 250, cpu: 60 }, reservedShare: null },
  }
}

const both = (vramFreeMiB: number, gpuLayers: number | null = null) => {
  const large = { ...inputOf('Qwen/Qwen3-8B', vramFreeMiB), gpuLayers }
  const [model, draft] = [place(large), place(inputOf('Qwen/Qwen3-0.6B', vramFreeMiB))]
  return { large, model, draft, together: withDraft(model, draft) }
}

test('a draft comes on top of its model, with the engine counted once, and all parts sum to the device', () => {
  const { large, model, draft, together } = both(24_000)
  const [alone, small, device] = [model.shares[0], draft.shares[0], describePlacement(large, together).devices[0]]
  if (!alone || !small || !device) throw new Error('there is no share')
  expect(together).toMatchObject({ fits: true, gpuLayers: model.gpuLayers, layers: model.layers })
  expect(together.shares).toHaveLength(1)
  expect(device.weightsMiB).toBeCloseTo(alone.weightsMiB + small.weightsMiB, 0)
  expect(device.kvMiB).toBeCloseTo(alone.kvMiB + small.kvMiB, 0)
  expect(device.overheadMiB).toBeCloseTo(alone.overheadMiB, 0)
  const sum = device.weightsMiB + device.kvMiB + device.computeMiB + device.overheadMiB + device.othersMiB + device.freeMiB
  expect(sum).toBeCloseTo(device.totalMiB, 0)
})

test('a draft that takes the margin makes it unfit', () => {
  const { model } = both(24_000)
  const used = 24_000 - (model.shares[0]?.freeMiB ?? 0)
  const tight = both(Math.ceil(used + 1_024))
  expect(tight.model.fits).toBe(true)
  expect(tight.together.fits).toBe(false)
})

test('beside a model in main memory the draft takes its own device', () => {
  const { together, draft } = both(24_000, 0)
  expect(together.shares.map(each => each.device.id).sort()).toEqual(['gpu0', 'ram'])
  const gpu = together.shares.find(each => each.device.id === 'gpu0')
  expect(gpu).toMatchObject({ weightsMiB: draft.shares[0]?.weightsMiB, overheadMiB: expect.any(Number) as number })
})
