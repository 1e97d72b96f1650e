import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RuntimeFacts } from './facts'
import { can, cannot, isAppleSilicon, versionNumber } from './facts-judge'
import { matrixSource } from './facts-source'
import { mlxApi } from './mlx.api'
import { mlxBuilds } from './mlx.builds'
import { mlxConvert } from './mlx.convert'
import { readMlxCommand } from './mlx.command'
import { mlxLaunch } from './mlx.launch'
import { mlxSettings } from './mlx.settings'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource,
  matrix: {
    throughput: { tier: 'strong', says: 'Made for unified memory; level with llama.cpp on a Mac.' },
    concurrency: { tier: 'acceptable', says: 'Mostly used by one person.', now: 'Batches its decoding; servers on top of it go further.' },
    maintenance: { tier: 'strong', says: 'Follows macOS.' },
    reproducibility: { tier: 'acceptable', says: 'Steady until macOS takes a major step.' },
    os: { tier: 'limited', says: 'Apple silicon.', now: 'Also Linux with CUDA, and CPUs.' },
    'lock-in': { tier: 'limited', says: 'Its quantised files run nowhere else.' },
    observability: { tier: 'limited', says: 'Nothing of its own.' },
    'multi-gpu': { tier: null, says: 'Does not apply: one chip.', now: 'Several Macs over Thunderbolt.' },
    speculative: { tier: 'acceptable', says: 'There, though less finished.' },
    edge: { tier: 'strong', says: 'Runs on iPhone and iPad through its Swift side.' },
    cadence: { tier: 'strong', says: 'Monthly, larger steps each quarter.' },
  },
  formats: ['mlx'],
  // `mlx_lm` loads unquantised folders of the hub as they are (README of ml-explore/mlx-lm; seen with 0.32.2).
  alsoLoads: ['safetensors'],
  fulfils: {
    'kv-quant': 'The cache can be quantised, which switches batching off.',
    headless: 'It is a server without a window.',
    speculative: 'It can draft with a small model.',
    'swap-models': 'It loads the model that a request names.',
    'fixed-model': 'Package versions and a commit of the model fix the answers.',
  },
  madeFor: {
    'fine-tuning': 'Its LoRA tools train on the same machine and in the same format that it serves.',
    'long-context': 'All of the unified memory is in reach of the GPU, which is what a long cache needs.',
    chat: 'It runs models straight from their repositories, with kernels made for Apple hardware.',
  },
  traits: [
    ...['apple-native', 'lazy-memory', 'lowest-overhead', 'trains', 'needs-python', 'headless', 'own-format', 'prefix-cache'],
    ...['continuous-batching', 'no-key'],
  ],
  concurrency: { kind: 'batched', comfortableUsers: 8 },
  givesUp: ['Models in its format run in MLX engines only.', 'It has no metrics, no key and a cap of 512 tokens an answer unless set.'],
  memory: { overheadMiB: { metal: 300, cpu: 400 }, reservedShare: null },
  speedFactor: { metal: 1, cpu: 0.4 },
}

/** Flags: https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/SERVER.md */
export const mlx = defineRuntime({
  id: 'mlx',
  tier: 'first-class',
  title: 'MLX',
  purpose: "Runs models on Apple silicon through Apple's own array library, and trains adapters for them.",
  homepage: 'https://github.com/ml-explore/mlx-lm',
  judge(machine) {
    if (!isAppleSilicon(machine)) return judgeLinux(machine)
    const major = versionNumber(machine.os.version)
    return major !== null && major < 14 ? cannot('It needs macOS 14 or newer.') : can(['metal'])
  },
  facts,
  render: request => [
    ...['mlx_lm', 'server', '--model', request.model.path ?? request.model.id, '--host', '127.0.0.1', '--port', String(request.port)],
    ...['--max-tokens', String(Math.min(request.contextTokens, 8192))],
    // A quantised cache turns its batching off.
    ...(request.slots > 1 && (request.kvQuantisation ?? 'f16') === 'f16' ? ['--decode-concurrency', String(request.slots)] : []),
    ...(request.kvQuantisation === 'q8_0' ? ['--kv-bits', '8'] : []),
    ...(request.kvQuantisation === 'q4_0' ? ['--kv-bits', '4'] : []),
  ],
  builds: mlxBuilds,
  conversions: [mlxConvert],
  launch: mlxLaunch,
  readCommand: readMlxCommand,
  settings: mlxSettings,
  api: mlxApi,
  pins: ['versions of mlx and mlx-lm and digest of their lock', 'commit of the model, or of the one it was converted from', 'macOS'],
})

/** It runs on Linux too, without Apple's GPU. */
function judgeLinux({ os }: Machine): RuntimeVerdict {
  if (os.platform !== 'linux' || os.arch === 'other' || os.libc === 'musl')
    return cannot('It is made for Apple silicon; on other machines other engines do the same better.')
  return {
    ...{ can: true, how: 'native', backends: ['cpu'], notes: ['Here it computes on the CPU: good for a look at it, not for work.'] },
    notAdvised: 'It is made for Apple silicon; on other machines other engines do the same better.',
  }
}
