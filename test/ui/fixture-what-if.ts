import type { Outcome, Shopping, WhatIf, WhatIfInput } from '../../electron/contract/what-if'

const before: Outcome = {
  ...{ runtime: 'llama.cpp', runtimeTitle: 'llama.cpp', modelTitle: 'Qwen3-8B', artifact: 'Q8_0', contextTokens: 8192, slots: 8 },
  ...{ qualityPoints: 62, oneUser: 97, users: 410, ttftMs: 300, usedMiB: 21_900, totalMiB: 24_564, gpuLayers: 36, layers: 36 },
  ...{ headline: 'llama.cpp with Qwen3-8B Q8_0', because: 'eight users at once need parallel slots' },
}

/** A longer context gives up some quantisation; a second card brings a larger model. */
export function makeWhatIf({ need, change, machine }: WhatIfInput): WhatIf {
  const contextTokens = change?.contextTokens ?? need.contextTokens ?? before.contextTokens
  const larger = machine === undefined ? { artifact: 'Q4_K_M' } : { modelTitle: 'Qwen3-32B', totalMiB: 49_128, usedMiB: 38_000 }
  return {
    before,
    after: { ...before, ...larger, contextTokens, slots: change?.users ?? before.slots },
    trace: [
      {
        what: machine === undefined ? 'quantisation' : 'model',
        text: machine === undefined ? 'Q4_K_M instead of Q8_0, for the longer cache.' : 'Qwen3-32B instead of Qwen3-8B: it fits now.',
        evidence: [{ kind: 'formula', text: 'KV cache grows with the context', source: null }],
      },
    ],
  }
}

export const shopping: Shopping = {
  cards: [{ name: 'GeForce RTX 5090', vendor: 'nvidia', vramGiB: 32, bandwidthGBps: 1792 }],
  steps: [{ title: 'GeForce RTX 5090', machine: { gpu: 'GeForce RTX 5090' }, gain: 'Qwen3-32B instead of Qwen3-8B', after: before }],
}
