import type { CpuFacts, OsFacts, Parser } from '../hardware.types'
import { isObject, looseJson, objectsIn, textOf } from '../text'
import { armCoresNamed } from './arm-cores'
import { lscpuWords, type LscpuField } from './lscpu-words'
import { countList, isaOf } from './processor'

type Line = { label: string; value: string }

const knownArchitectures = /^(x86_64|amd64|i[3-6]86|aarch64|arm64|armv\d\w*|riscv(32|64)|ppc64(le)?|s390x|loongarch64|mips64\w*)$/

/** `lscpu` in the languages that it speaks, and as json (-J): newer releases indent, and say "-" for sockets where clusters are counted. */
export const lscpu: Parser = {
  tool: 'lscpu',
  recognises: text => /"lscpu"\s*:/.test(text) || isLscpu(linesOf(text)),
  parse(given) {
    const lines = given.includes('"lscpu"') ? linesOfJson(given) : linesOf(given)
    return { os: { arch: archOf(lines) }, cpu: cpuOf(lines) }
  },
}

/**
 * The architecture's line is the first and its value the same in every language; beside it there is another line of lscpu's.
 * Pastes that lost it are known by their counts.
 */
function isLscpu(lines: readonly Line[]): boolean {
  const counts = (field: LscpuField) => lines.some(line => isField(line, field) && /^\d+$/.test(line.value))
  if (counts('cpus') && counts('threads') && counts('cores')) return true
  return (
    lines.some(line => isField(line, 'architecture') && /^[\w-]+$/.test(line.value)) &&
    lines.some(
      line => isField(line, 'cpus') || isField(line, 'cores') || isField(line, 'model') || /^(Little|Big) Endian$/.test(line.value),
    )
  )
}

function cpuOf(lines: readonly Line[]): CpuFacts {
  const of = (field: LscpuField) => lines.find(line => isField(line, field) && line.value !== '-')?.value ?? null
  const number = (field: LscpuField) => {
    const value = of(field)
    return value !== null && /^\d+$/.test(value) ? Number(value) : null
  }
  const logical = number('cpus') ?? onlineOf(lines)
  const [threads, sockets] = [number('threads'), number('sockets')]
  const mix = mixOf(lines)
  const bios = biosOf(lines)
  // Boards with two kinds of cores list each with counts of its own, so that only the whole can be divided.
  const physical = mix ? null : (times(number('cores'), sockets) ?? times(number('clusterCores'), number('clusters')))
  return {
    model: of('model'),
    vendor: of('vendor'),
    physicalCores: physical ?? (logical !== null && threads ? Math.round(logical / threads) : null),
    logicalCores: logical,
    sockets,
    numaNodes: number('nodes'),
    virtual: of('hypervisor') === null && !bios.isGuest ? null : true,
    board: bios.model,
    isa: isaOf(of('flags')),
    ...(mix ? ofMix(mix, logical) : {}),
  }
}

/** What the firmware calls the processor, which root is told; Arm servers have their name only there (`AWS Graviton3`). */
function biosOf(lines: readonly Line[]): { model: string | null; isGuest: boolean } {
  const of = (label: string) => lines.find(line => line.label === label)?.value ?? ''
  const [maker, name] = [of('bios vendor id'), of('bios model name')]
  const isGuest = /^(QEMU|Red Hat|bhyve|Xen|VMware)/i.test(maker) || /^(pc-|virt-)/.test(name)
  return { model: name === '' || isGuest ? null : name, isGuest }
}

/** The kinds of cores, where there are several: each `Model name` begins a part of the list. */
function mixOf(lines: readonly Line[]): { name: string; count: number | null }[] | null {
  const starts = lines.flatMap((line, at) => (isField(line, 'model') ? at : []))
  if (starts.length < 2) return null
  return starts.map((start, index) => {
    const part = lines.slice(start, starts[index + 1])
    const number = (field: LscpuField) => Number(part.find(line => isField(line, field))?.value ?? 0) || null
    return { name: part[0]?.value ?? '', count: times(number('cores'), number('sockets') ?? number('clusters')) }
  })
}

/** Counts that do not make up the whole, as of a list that was cut, say nothing of the kinds. */
function ofMix(mix: readonly { name: string; count: number | null }[], logical: number | null): CpuFacts {
  const facts = armCoresNamed(mix)
  const sum = mix.reduce((all, { count }) => all + (count ?? 0), 0)
  return sum === logical ? facts : { model: facts.model }
}

const times = (each: number | null, count: number | null) => (each ? each * (count ?? 1) : null)

/** `On-line CPU(s) list: 0-71`, the first list of numbers whatever it is called. */
const onlineOf = (lines: readonly Line[]) => countList(lines.find(line => /^\d+-\d+(,\d+(-\d+)?)*$/.test(line.value))?.value ?? null)

function archOf(lines: readonly Line[]): OsFacts['arch'] {
  const value = lines.find(line => knownArchitectures.test(line.value))?.value ?? ''
  if (value === '') return archOfFlags(lines)
  return /^(x86_64|amd64)$/.test(value) ? 'x64' : /^(aarch64|arm64)$/.test(value) ? 'arm64' : 'other'
}

/** Where the line is lost: long mode is x86's of 64 bits (`lm`), Advanced SIMD Arm's (`asimd`). */
function archOfFlags(lines: readonly Line[]): OsFacts['arch'] {
  const flags = lines.find(line => isField(line, 'flags'))?.value.split(' ') ?? []
  if (flags.includes('asimd')) return 'arm64'
  const vendor = lines.find(line => isField(line, 'vendor'))?.value ?? ''
  return flags.includes('lm') || /^(GenuineIntel|AuthenticAMD|HygonGenuine|CentaurHauls)$/.test(vendor) ? 'x64' : null
}

/** `label: value`, also with the wide colon of Chinese and the blank before it of French. */
function linesOf(text: string): Line[] {
  return text.split('\n').flatMap(line => {
    const found = /^\s*([^:：]{1,60}?)\s*[:：](?:\s+(.*?))?\s*$/.exec(line.normalize('NFC'))
    return found ? [{ label: plain(found[1] ?? ''), value: found[2] ?? '' }] : []
  })
}

function linesOfJson(text: string): Line[] {
  const root = looseJson(text)
  const walk = (fields: unknown): Line[] =>
    objectsIn(fields).flatMap(each => [
      { label: plain((textOf(each, 'field') ?? '').replace(/\s*[:：]$/, '')), value: textOf(each, 'data') ?? '' },
      ...walk(each['children']),
    ])
  return isObject(root) ? walk(root['lscpu']) : []
}

/** Case, accents and blanks do not tell labels apart; older releases lost them. */
const plain = (label: string) =>
  label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/gi, 'oe')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
    .toLowerCase()

const labels = new Map<LscpuField, Set<string>>()

function isField({ label }: Line, field: LscpuField): boolean {
  const known = labels.get(field) ?? new Set(lscpuWords[field].map(plain))
  labels.set(field, known)
  return known.has(label)
}
