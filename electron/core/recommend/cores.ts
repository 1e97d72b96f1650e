import type { Machine } from '../../contract/machine'

/** Cores that compute alike: fast ones where there are two kinds, and half of the hardware threads where only those are known. */
export const coresOf = ({ cpu }: Machine): number | null =>
  cpu.performanceCores ?? cpu.physicalCores ?? (cpu.logicalCores === null ? null : Math.ceil(cpu.logicalCores / 2))
