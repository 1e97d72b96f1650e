import type { Machine, Origin } from '../../../electron/contract/machine'

/** A number of the machine that a person may know better. */
export interface Correctable {
  path: string
  label: string
  unit: 'GB' | 'GB/s' | 'cores' | 'TFLOPS'
  /** In `unit`; null when unknown. */
  value: number | null
  origin: Origin | null
  why: string | null
}

/** Every value that can be corrected, in the order of the panel. Memory is written in GB and kept in MiB. */
export function correctables(machine: Machine): Correctable[] {
  const entry = (path: string, [label, unit]: [string, Correctable['unit']], stored: number | null): Correctable => ({
    path,
    label,
    unit,
    value: stored === null ? null : unit === 'GB' ? Math.round((stored / 1024) * 100) / 100 : stored,
    origin: machine.origins[path] ?? null,
    why: machine.unknown[path] ?? null,
  })
  return [
    ...machine.gpus.flatMap(gpu => [
      entry(`gpus.${gpu.id}.vramMiB`, [`${gpu.name}: memory`, 'GB'], gpu.vramMiB),
      entry(`gpus.${gpu.id}.bandwidthGBps`, [`${gpu.name}: bandwidth`, 'GB/s'], gpu.bandwidthGBps),
      entry(`gpus.${gpu.id}.fp16Tflops`, [`${gpu.name}: FP16 rate`, 'TFLOPS'], gpu.fp16Tflops),
    ]),
    entry('cpu.physicalCores', ['Physical cores', 'cores'], machine.cpu.physicalCores),
    entry('memory.totalMiB', ['Memory', 'GB'], machine.memory.totalMiB),
    entry('memory.limitMiB', ['Memory the app may use', 'GB'], machine.memory.limitMiB),
    entry('memory.bandwidthGBps', ['Memory bandwidth', 'GB/s'], machine.memory.bandwidthGBps),
  ]
}

/** The number a person typed, as it is stored; null when it is not a number that can be. */
export function storedValue(typed: string, unit: Correctable['unit']): number | null {
  const text = typed.trim().replace(',', '.')
  if (!/^\d+(\.\d+)?$/.test(text)) return null
  const value = Number(text)
  if (value <= 0 || value > 1_000_000) return null
  if (unit === 'GB') return Math.round(value * 1024)
  return unit === 'cores' ? Math.round(value) : value
}
