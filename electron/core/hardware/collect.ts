import type { Machine } from '../../contract/machine'
import type { CpuFacts, DiskFacts, Findings, MemoryFacts, OsFacts, Parser, Reading, SoftwareFacts, Warning } from './hardware.types'
import type { GpuList } from './merge-gpus'
import { parsers } from './parsers/index'
import { plainText, withoutMargin } from './plain-text'
import { isPlausible, plausibleGpu } from './plausible'

type Known<Facts> = { facts: Facts; from: Partial<Record<keyof Facts & string, string>> }

/** Everything that all readings say, the first word on each fact standing, with the tool it came from. */
export type Collected = {
  gpuLists: GpuList[]
  os: Known<OsFacts>
  cpu: Known<CpuFacts>
  memory: Known<MemoryFacts>
  software: Known<SoftwareFacts>
  disk: Known<DiskFacts>
  npus: NonNullable<Machine['npus']>
  warnings: Warning[]
  /** Tools that could be read at all. */
  tools: Set<string>
}

/** Words that file names are made of where they name tools and files only; others mark a variant (`proc-meminfo-4gb-vm`). */
const plainWords = new RegExp(
  `^(${[
    'mem_info_\\w+|nvidia|smi|q|x|l|query|gpu|old|topo|m|nvlink|s|status|version|driver|nv_tegra_release|tegrastats|device|tree|model|compatible',
    'rocm|rocminfo|amd|static|metric|list|monitor|showproductname|showmeminfo|vram|all|showall|kfd|topology|drm',
    'lspci|nn|nnk|nnv|v|vv|vvv|mm|vmm|vnn|k|d|lshw|c|video|display|vulkaninfo|summary|clinfo|a|xpu|discovery|j|sycl|ls|npu|info|hl|cnmon|mthreads|gmi',
    'lscpu|e|p|proc|sys|class|cpuinfo|meminfo|os|release|lsb_release|uname|cgroup|memory|max|current|stat|events|free|h|g|dmidecode|t|dmi|id|hostnamectl',
    'sw_vers|sysctl|hw|displays|system_profiler|vm_stat|spdisplaysdatatype|sphardwaredatatype|spmemorydatatype|json|text',
    'win32_\\w+|windows|cim|registry|qwmemorysize|reg|dxdiag|systeminfo|wmic|get|ciminstance|docker|podman|python|python3|uv|ldd|nvcc|ctk|cdi|probes',
    'cpu|types|numa|nodes|bandwidth|disk|toolkits|container|marks|inxi|neofetch|fastfetch|screenfetch',
  ].join('|')})$`,
  'i',
)

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
    disk: { facts: {}, from: {} },
    npus: [],
    warnings: [],
    tools: new Set(),
  }
  const ordered = inOrder(readings).map(plainly)
  for (const isVariant of [false, true]) {
    for (const parser of parsers) {
      for (const reading of ordered.filter(each => nameParts(each.fileName).isVariant === isVariant)) {
        const findings = readBy(parser, reading)
        if (!findings) continue
        collected.tools.add(parser.tool)
        add(collected, findings, parser.tool)
      }
    }
  }
  return collected
}

type Plain = { fileName: string; plain: string; bare: string }

/** Once for all parsers: of a large machine's outputs it takes longer than reading them. */
function plainly({ fileName, text }: Reading): Plain {
  const plain = plainText(text)
  return { fileName, plain, bare: withoutMargin(plain) }
}

/** As it is, or without what a quotation put before every line; null where the text is not the parser's. */
function readBy(parser: Parser, { fileName, plain, bare }: Plain): Findings | null {
  const found = parser.recognises(plain, fileName) ? parser.parse(plain, fileName) : null
  if (found && !isEmpty(found)) return found
  return bare !== plain && parser.recognises(bare, fileName) ? parser.parse(bare, fileName) : found
}

const isEmpty = (findings: Findings) => Object.values(findings).every(found => Array.isArray(found) && found.length === 0)

function add(collected: Collected, findings: Findings, tool: string) {
  if (findings.gpus && findings.gpus.length > 0) collected.gpuLists.push({ tool, gpus: findings.gpus.map(plausibleGpu) })
  learn(collected.os, findings.os, tool)
  learn(collected.cpu, findings.cpu, tool)
  learn(collected.memory, findings.memory, tool)
  learn(collected.software, findings.software, tool)
  learn(collected.disk, findings.disk, tool)
  // Two tools may see one NPU; the first word stands.
  if (collected.npus.length === 0) collected.npus = [...(findings.npus ?? [])]
  for (const warning of findings.warnings ?? []) {
    if (!collected.warnings.some(known => known.code === warning.code)) collected.warnings.push(warning)
  }
}

function learn<Facts extends object>(known: Known<Facts>, more: Facts | undefined, tool: string) {
  for (const [key, value] of Object.entries(more ?? {})) {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0) || key in known.facts) continue
    if (!isPlausible(key, value)) continue
    known.facts = { ...known.facts, [key]: value as unknown }
    known.from = { ...known.from, [key]: tool }
  }
}
