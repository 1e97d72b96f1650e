import type { CpuFacts, Findings, MemoryFacts, OsFacts, Reading, SoftwareFacts, Warning } from './hardware.types'
import type { GpuList } from './merge-gpus'
import { parsers } from './parsers/index'

type Known<Facts> = { facts: Facts; from: Partial<Record<keyof Facts & string, string>> }

/** Everything that all readings say, the first word on each fact standing, with the tool it came from. */
export type Collected = {
  gpuLists: GpuList[]
  os: Known<OsFacts>
  cpu: Known<CpuFacts>
  memory: Known<MemoryFacts>
  software: Known<SoftwareFacts>
  warnings: Warning[]
  /** Tools that could be read at all. */
  tools: Set<string>
}

/** Words that file names are made of where they name tools and files only; others mark a variant (`proc-meminfo-4gb-vm`). */
const plainWords =
  /^(mem_info_\w+|nvidia|smi|q|x|l|query|gpu|rocm|rocminfo|amd|static|metric|lspci|nn|nnk|v|vv|vvv|vulkaninfo|summary|xpu|npu|info|clinfo|lscpu|proc|cpuinfo|meminfo|version|os|release|uname|cgroup|memory|max|current|sw_vers|sysctl|displays|showproductname|showmeminfo|vram|win32_\w+|windows|cim|registry|spdisplaysdatatype|sphardwaredatatype)$/i

/** The tool words that a file name starts with, `proc-meminfo` of `proc-meminfo-4gb-vm.txt`, and whether there is more. */
function nameParts(fileName: string): { stem: string; isVariant: boolean } {
  const words = fileName.split(/[-.\s]+/).filter(word => word !== '' && !/^(txt|json|csv|xml)$/i.test(word))
  const end = words.findIndex(word => !plainWords.test(word))
  return {
    stem: words
      .slice(0, end === -1 ? undefined : end)
      .join('-')
      .toLowerCase(),
    isVariant: end !== -1,
  }
}

/**
 * Plain names first, then variants. A variant whose plain file is there too is of another machine or another moment, as
 * collections of fixtures have them, and is left out.
 */
function inOrder(readings: readonly Reading[]): Reading[] {
  const named = readings.filter(reading => reading.text.trim() !== '').map(reading => ({ reading, ...nameParts(reading.fileName) }))
  const plain = new Set(named.filter(each => !each.isVariant).map(each => each.stem))
  return named
    .filter(each => !each.isVariant || each.stem === '' || !plain.has(each.stem))
    .sort(
      (a, b) =>
        Number(a.isVariant) - Number(b.isVariant) ||
        a.reading.fileName.length - b.reading.fileName.length ||
        a.reading.fileName.localeCompare(b.reading.fileName),
    )
    .map(each => each.reading)
}

/** Gives every reading to every parser that recognises it, the parsers in their rank. */
export function collect(readings: readonly Reading[]): Collected {
  const collected: Collected = {
    gpuLists: [],
    os: { facts: {}, from: {} },
    cpu: { facts: {}, from: {} },
    memory: { facts: {}, from: {} },
    software: { facts: {}, from: {} },
    warnings: [],
    tools: new Set(),
  }
  const ordered = inOrder(readings)
  for (const isVariant of [false, true]) {
    for (const parser of parsers) {
      for (const { fileName, text } of ordered.filter(reading => nameParts(reading.fileName).isVariant === isVariant)) {
        const plain = text.replaceAll('\r\n', '\n')
        if (!parser.recognises(plain, fileName)) continue
        collected.tools.add(parser.tool)
        add(collected, parser.parse(plain, fileName), parser.tool)
      }
    }
  }
  return collected
}

function add(collected: Collected, findings: Findings, tool: string) {
  if (findings.gpus && findings.gpus.length > 0) collected.gpuLists.push({ tool, gpus: findings.gpus })
  learn(collected.os, findings.os, tool)
  learn(collected.cpu, findings.cpu, tool)
  learn(collected.memory, findings.memory, tool)
  learn(collected.software, findings.software, tool)
  for (const warning of findings.warnings ?? []) {
    if (!collected.warnings.some(known => known.code === warning.code)) collected.warnings.push(warning)
  }
}

function learn<Facts extends object>(known: Known<Facts>, more: Facts | undefined, tool: string) {
  for (const [key, value] of Object.entries(more ?? {})) {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0) || key in known.facts) continue
    known.facts = { ...known.facts, [key]: value as unknown }
    known.from = { ...known.from, [key]: tool }
  }
}
