import type { MemoryEstimate } from '../../contract/decision'
import type { Machine } from '../../contract/machine'

/**
 * Makes glibc ask for pages of 2 MiB for what it allocates, where the kernel gives them to who asks ("madvise", the default of
 * Debian and Ubuntu): https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html, `glibc.malloc.hugetlb`.
 */
export const hugePagesEnvironment: Readonly<Record<string, string>> = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' }

/** Layers on GPUs, and what all of it takes, MiB. */
type Taken = Pick<MemoryEstimate, 'gpuLayers'> & {
  devices: readonly Pick<MemoryEstimate['devices'][number], 'weightsMiB' | 'kvMiB' | 'computeMiB'>[]
}

/** The tunable came with this glibc (its NEWS, 2.35). */
const glibcMinor = 35
/** More of the free memory than this stays mapped from the file, which the system may drop when others need room. */
const shareOfFree = 0.75

/**
 * Whether weights that the CPU multiplies with are read into memory of their own, in pages of 2 MiB, instead of being mapped from
 * the file in pages of 4 KiB. A token reads all of them, so looking up a small page for every 4 KiB costs as much as some of the
 * arithmetic: 15 to 31 % more tokens a second with llama.cpp's server and two small models on two virtual cores, 14 to 43 % with
 * the built-in engine, the most where the file's pages were scattered in the system's cache (our own runs, November 2026).
 * What llama.cpp packs anew for the processor is then no second copy beside the mapped one.
 * Not where a GPU has part of the layers (not measured), and not where memory is short.
 */
export function wantsHugePages({ os, memory }: Machine, estimate: Taken): boolean {
  if (estimate.gpuLayers > 0 || os.platform !== 'linux' || !givesHugePages(os)) return false
  const needed = estimate.devices.reduce((sum, { weightsMiB, kvMiB, computeMiB }) => sum + weightsMiB + kvMiB + computeMiB, 0)
  return memory.availableMiB !== null && needed > 0 && needed <= memory.availableMiB * shareOfFree
}

function givesHugePages({ hugePages, libc, libcVersion }: Machine['os']): boolean {
  if (hugePages === 'always') return true
  const [major = 0, minor = 0] = (libcVersion ?? '').split('.').map(Number)
  return hugePages === 'madvise' && libc === 'glibc' && major === 2 && minor >= glibcMinor
}
