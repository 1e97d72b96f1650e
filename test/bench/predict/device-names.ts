import { findGpu, type GpuEntry } from '../../../electron/core/hardware/gpu-table'
import type { Gpu } from '../../../electron/contract/machine'

export type Part = { name: string; count: number }

/**
 * Cards in the words of a publisher: `2x RTX 3090`, `RTX 4090 x4`, `L40S (2x)`, `RTX 3090 + RTX 3060`. `gpus` is the column;
 * where the name tells a number as well, and there is one kind of card, the larger of both counts.
 */
export function partsOf(text: string, gpus: number | null): Part[] {
  const parts = text
    .split(/\s(?:\+|and|&)\s/i)
    .map(counted)
    .filter(part => part.name !== '')
  const [only] = parts
  if (only && parts.length === 1) return [{ ...only, count: Math.min(mostCards, Math.max(1, only.count, gpus ?? 1)) }]
  return parts
}

/** More than any one machine has: what a cell says beyond it is a slip. */
const mostCards = 64

const leading = /^\(?(\d{1,2})\s?[x×]\)?\s*(?=[a-z])/i
const trailing = /\s*(?:\(?\b[x×]\s?(\d{1,2})\)?|\((\d{1,2})\s?[x×]\))$/i

function counted(text: string): Part {
  const trimmed = text.trim()
  const words = /^(dual|two|quad|four|octa|eight)\s+(.*)/i.exec(trimmed)
  if (words) return { name: words[2] ?? '', count: /^(d|tw)/i.test(words[1] ?? '') ? 2 : /^(q|f)/i.test(words[1] ?? '') ? 4 : 8 }
  const before = leading.exec(trimmed)
  if (before) return { name: trimmed.slice(before[0].length), count: Number(before[1]) }
  const after = trailing.exec(trimmed)
  if (after) return { name: trimmed.slice(0, after.index), count: Number(after[1] ?? after[2]) }
  return { name: trimmed, count: 1 }
}

/** Names of boxes and processors by the GPU that is in them. */
const boxes: readonly (readonly [RegExp, string])[] = [
  [/\bDGX Spark\b|\bGB10\b|ASUS Ascent GX10/i, 'GB10'],
  [/Strix Halo|AI Max\+? ?(PRO )?39[05]|Framework Desktop/i, 'Radeon 8060S'],
  [/AI Max\+? ?(PRO )?38[05]/i, 'Radeon 8050S'],
  [/AI 9 (HX )?3[67]\d\b/i, 'Radeon 890M'],
]

const cpuWords =
  /\b(cpu|xeon|epyc|threadripper|opteron|ryzen|core i\d|i[3579]-\d{4,5}|core ultra|pentium|celeron|graviton|ampere altra|raspberry|snapdragon)\b/i
const gpuWords = /\b(gpu|graphics|radeon|arc|iris|strix|ai max|\d{3}m)\b/i

/** `backend` is the row's; a processor named without its GPU is one only where the row does not say that the GPU ran. */
export function vendorOf(device: string, backend = ''): Gpu['vendor'] | 'cpu' {
  if (/^cpu$/i.test(backend)) return 'cpu'
  if (backend === '' && cpuWords.test(device) && !gpuWords.test(device)) return 'cpu'
  if (/apple|^m\d\b|macbook|mac (mini|studio|pro)|imac/i.test(device) && !/radeon|geforce|nvidia/i.test(device)) return 'apple'
  if (/radeon|\brx ?\d|\bmi\d{2,3}|ryzen|strix|instinct|vega|firepro|\bamd\b|\b[679]\d00 ?(xtx?|gre)\b/i.test(device)) return 'amd'
  if (/\barc\b|core ultra|\bintel\b|\biris\b|^(a[357]\d0|b5\d0)$|\buhd\b/i.test(device)) return 'intel'
  if (/ascend|huawei/i.test(device)) return 'huawei'
  return 'nvidia'
}

const gigabytesIn = (name: string) => Number(/\b(\d{1,3}) ?GB\b/i.exec(name)?.[1] ?? NaN)

/** The table's entry by the name as it stands, with the usual prefixes, and without what follows the model; null when none is sure. */
export function entryOf(name: string, vendor: Gpu['vendor'] | 'cpu', memoryGb: number | null): GpuEntry | null {
  if (vendor === 'cpu') return null
  const question = `${name}|${vendor}|${memoryGb}`
  const known = answers.get(question)
  if (known !== undefined) return known
  const found = lookUp(name, vendor, memoryGb)
  answers.set(question, found)
  return found
}

/** The table is long and publishers name the same few devices. */
const answers = new Map<string, GpuEntry | null>()

function lookUp(name: string, vendor: Gpu['vendor'], memoryGb: number | null): GpuEntry | null {
  const box = boxes.find(([pattern]) => pattern.test(name))?.[1]
  const cores = /(\d+)-core gpu|\b(\d+)c\b/i.exec(name)
  const told = gigabytesIn(name)
  const gb = Number.isNaN(told) || vendor === 'apple' ? memoryGb : told
  const asked = { vendor, vramMiB: gb === null ? null : gb * 1024, gpuCores: cores ? Number(cores[1] ?? cores[2]) : null }
  const names = box ? [box] : namesOf(name, vendor)
  for (const each of [...names, ...names.map(bare => `${bare} ${gb ?? ''} GB`)]) {
    const found = findGpu({ ...asked, name: each }) ?? findGpu({ ...asked, name: each, vramMiB: null })
    if (found) return found
  }
  return null
}

function namesOf(name: string, vendor: Gpu['vendor']): string[] {
  const bare = name
    .replace(/\b\d+(\.\d+)? ?GB\b/gi, '')
    .replace(/\b\d+-core [cg]pu\b/gi, '')
    .replace(/\(.*\)/, '')
    .replace(/^nvidia|^amd/i, '')
    .replace(/_+|-(?!q\b)/gi, ' ')
    .trim()
  if (vendor === 'apple') return [bare, `Apple ${/\bM\d+( Pro| Max| Ultra)?\b/i.exec(bare)?.[0] ?? bare}`]
  const socket = ['SXM5', 'SXM4', 'SXM2'].map(each => bare.replace(/\bSXM\b/, each))
  const prefix =
    vendor === 'amd'
      ? ['Radeon', 'Radeon RX', 'Radeon Instinct']
      : vendor === 'intel'
        ? ['Arc', 'Arc Pro', 'Intel']
        : ['RTX', 'GTX', 'Tesla']
  const sizes =
    vendor === 'nvidia' && /\d/.test(bare) ? [bare.replace(/\bAda$/, 'Ada Generation'), `${bare} PCIe`, ...socket, `${bare}4`] : []
  return [bare, ...prefix.map(each => `${each} ${bare}`), ...sizes]
}

/** Device whatever the spelling: what is left out together. */
export const deviceKey = (name: string, entry: GpuEntry | null) =>
  (entry?.name ?? name)
    .toLowerCase()
    .replace(/\b(nvidia|amd|apple|geforce|tesla|radeon|pcie|sxm\d?|rtx|generation)\b|\d+ ?gb\b|\d+-core gpu/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
