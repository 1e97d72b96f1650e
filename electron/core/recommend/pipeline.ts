import type { Gpu, Machine } from '../../contract/machine'
import { isQuantised } from './speed-work'
import type { ModelSize } from './model-size'

/** What one card does for one micro-batch of a prompt. */
export type Stage = { seconds: number; kernels: number }

/** Commands that wait for a card before the processor has to wait itself (CUDA; `CUDA_SCALE_LAUNCH_QUEUES` scales it). */
const launchQueue = 1024
/** Micro-batches whose inputs are kept at once (GGML_SCHED_MAX_COPIES). */
const copies = 4

/**
 * Seconds of `batches` micro-batches through cards that hold the layers one after another (ggml-org/llama.cpp #6017): a card
 * takes up the next one as soon as it is free. One thread of the processor hands out the work, in order, and stands still
 * while a card's queue is full: where a card's layers fill most of it, hardly two micro-batches are under way at once
 * (#19042: "larger models" lose a quarter; its remedy was taken back by #19227). Checked by bench:predict on 2, 4 and 6 cards.
 */
export function pipelineSeconds(batches: number, stages: readonly Stage[]): number {
  const runs: { starts: number[]; ends: number[] }[] = stages.map(() => ({ starts: [], ends: [] }))
  let handedOut = 0
  let before = 0
  for (let batch = 0; batch < batches; batch++) {
    before = 0
    for (const [index, stage] of stages.entries()) {
      const run = runs[index]
      if (!run) continue
      handedOut = Math.max(handedOut, run.ends[batch - copies] ?? 0)
      const start = Math.max(run.ends[batch - 1] ?? 0, before, handedOut)
      before = start + stage.seconds
      run.starts.push(start)
      run.ends.push(before)
      handedOut = Math.max(handedOut, doneAt((batch + 1) * stage.kernels - launchQueue, stage, run.starts))
    }
  }
  return before
}

/** When a card has run that many commands since the first. */
function doneAt(commands: number, stage: Stage, starts: readonly number[]): number {
  if (commands <= 0) return 0
  const batch = Math.min(starts.length - 1, Math.floor((commands - 1) / stage.kernels))
  return (starts[batch] ?? 0) + ((commands - batch * stage.kernels) / stage.kernels) * stage.seconds
}

/**
 * Kernels of a layer of a prompt's micro-batch. Not counted in a profile: 57 and 45 are what the published runs of May 2024 on
 * several cards fit best (a matrix was unpacked, multiplied and converted then), 32 and the half more of a mixture are argued
 * from fused kernels and agree with the quarter that #19042 says two cards lose.
 */
export function kernelsPerLayer(model: ModelSize, early: boolean): number {
  const mixture = model.activeParameters < model.parameters && model.shape.experts !== null ? 1.5 : 1
  if (early) return (isQuantised(model.quantisation) ? 57 : 45) * mixture
  return 32 * mixture
}

/** GB/s of one lane in one direction, by generation (PCI Express Base Specification, after line coding). */
const laneGBps: readonly number[] = [0, 0.25, 0.5, 0.985, 1.97, 3.94, 7.56]
/** GB/s of one link to another card in one direction (data sheets of RTX 3090, A6000 and A40: 4 x 14; V100, A100, H100: 25). */
const bridgeGBps = 14
const nvlinkGBps = 25
/** Share of a link that copies reach, and that sums over cards reach which cannot read each other's memory. */
const copied = 0.6
const summed = { nvlink: 0.75, pcie: 0.3 }
/** Where a link is not known: half of the lanes of PCIe 4.0, as boards for desktops give to two cards. */
const assumedGBps = 15.75

function pcieGBps({ pcie }: Pick<Gpu, 'pcie'>): number {
  const lane = laneGBps[pcie?.maxGeneration ?? pcie?.generation ?? 0]
  const width = pcie?.width ?? pcie?.maxWidth
  return lane && width ? lane * width : assumedGBps
}

const cardsOf = (machine: Machine, ids: readonly string[]) => machine.gpus.filter(gpu => ids.includes(gpu.id))

/** Seconds to hand the activations of `tokens` on to the next card: hidden size x 4 bytes each, by main memory. */
export function handOnSeconds(machine: Machine, ids: readonly string[], bytes: number): number {
  const slowest = Math.min(...cardsOf(machine, ids).map(pcieGBps))
  return bytes / ((Number.isFinite(slowest) ? slowest : assumedGBps) * copied * 1e9)
}

/**
 * Seconds a token of a prompt costs a tensor-parallel group for adding up results: two sums a layer of hidden size x 2 bytes,
 * each of which moves 2 (n - 1) / n of it over the slowest link (ring all-reduce, NVIDIA/nccl-tests PERFORMANCE.md). Two RTX
 * 3090 with vLLM reach 1,975 tokens a second of a 27B model by NVLink and 1,327 by PCIe (noonghunna/club-3090 #702).
 */
export function sumSeconds(machine: Machine, ids: readonly string[], { shape }: ModelSize): number {
  const cards = cardsOf(machine, ids)
  const bytes = 2 * shape.layers * shape.hidden * 2 * ((2 * (ids.length - 1)) / ids.length)
  const rates = cards.map(gpu => Math.max(pcieGBps(gpu) * summed.pcie, linkGBps(gpu) * summed.nvlink))
  const slowest = Math.min(...rates)
  return bytes / ((Number.isFinite(slowest) ? slowest : assumedGBps * summed.pcie) * 1e9)
}

const linkGBps = ({ nvlinks, computeCapability }: Gpu) => (nvlinks ?? 0) * (computeCapability === '8.6' ? bridgeGBps : nvlinkGBps)
