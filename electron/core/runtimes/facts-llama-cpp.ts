import type { RuntimeFacts } from './facts'
import { matrixSource } from './facts-source'

/** What the recommender knows of llama.cpp. Apart from the adapter for its length only. */
export const llamaCppFacts: RuntimeFacts = {
  matrixSource,
  matrix: {
    throughput: { tier: 'strong', says: 'Kernels written by hand for each backend; alone on a card it stands beside the batch servers.' },
    concurrency: {
      tier: 'limited',
      says: 'Serves a handful of people from slots; beyond that a router has to share them out.',
      now: 'Batches continuously, opens 4 slots unasked and can route between models.',
    },
    maintenance: { tier: 'strong', says: 'One program and one file: nothing else has to match.' },
    reproducibility: { tier: 'strong', says: 'Build number plus hash of the file describe a run completely.' },
    os: { tier: 'excellent', says: 'From phones and boards to desktops and servers.' },
    'lock-in': { tier: 'strong', says: 'GGUF files open in many other engines.' },
    observability: { tier: 'acceptable', says: 'Its log tells much.', now: 'Prometheus metrics with --metrics.' },
    'multi-gpu': { tier: 'strong', says: 'Spreads layers over unequal cards; a tensor-parallel engine is faster on equal ones.' },
    speculative: { tier: 'strong', says: 'Takes a draft model on any card.' },
    edge: { tier: 'excellent', says: 'What phones and boards normally run.' },
    cadence: { tier: 'excellent', says: 'New builds several times a day.' },
  },
  formats: ['gguf'],
  fulfils: {
    'exact-quant': 'It loads exactly the GGUF file you name, whatever its quantisation.',
    'kv-quant': 'The KV cache can be f16, q8_0 or q4_0 for each start.',
    'multi-gpu': 'It can split the layers of one model over several GPUs.',
    'layer-split': 'The share of each GPU is a flag, so unequal cards take unequal shares.',
    'swap-models': 'It takes memory only while a model is loaded, so another one can follow in seconds.',
    headless: 'It is a server without a window.',
    speculative: 'It drafts with a small model and checks with the large one.',
    'fixed-model': 'A build number and the hash of one file fix the answers.',
  },
  madeFor: {
    chat: 'A single conversation gets nearly all that the memory bandwidth gives.',
    edge: 'It is small, needs no Python, and runs on boards and old laptops.',
    'long-context': 'It can hold the KV cache in 8 or 4 bits, which is what long contexts are limited by.',
  },
  traits: [
    ...['no-install', 'lazy-memory', 'runs-anywhere', 'partial-offload', 'flag-control', 'split-controls', 'lowest-overhead'],
    ...['prefix-cache', 'prometheus', 'pins-by-hash', 'single-binary', 'draft-needs-flag', 'headless'],
  ],
  concurrency: { kind: 'slots', comfortableUsers: 4 },
  givesUp: [
    'Beyond a handful of people at once it queues them, where a batching server would not.',
    'Beyond what Start sets, its many settings are yours to find and to tune.',
  ],
  memory: { overheadMiB: { cuda: 250, rocm: 300, vulkan: 200, metal: 120, cann: 400, cpu: 60 }, reservedShare: null, repacks: true },
  // node-llama-cpp turns flash attention on where keys and values are of one size (GgufInsights.flashAttentionSupported) and adds
  // one token to the micro-batch of a model with a sliding window (both seen in its log).
  // Its server has room for one row of logits a slot (`n_outputs_max` in the log of b11549; the change is older, how much is not known).
  contextOf: {
    'built-in': { flashAttention: 'equal-heads', slidingMicroBatch: 513 },
    'llama-server': { lastOutputsFrom: 11_000 },
    xllamacpp: { lastOutputsFrom: 11_000 },
  },
  speedFactor: { cuda: 1, rocm: 1, vulkan: 1, metal: 1, cann: 0.7, cpu: 1 },
}
