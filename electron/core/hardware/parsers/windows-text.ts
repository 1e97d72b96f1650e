import type { Findings, GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, csvCells, figure, mibFromBytes, mibFromKib } from '../text'
import { driverOf, isIntegratedByName, makerOfAdapter } from './windows-names'

/** `dxdiag /t`: a block per display device; dedicated memory is the card's own, display memory has the shared part in it. */
export const dxdiag: Parser = {
  tool: 'dxdiag',
  recognises: text => /^\s*Card name: /m.test(text) && /^\s*(Dedicated|Display) Memory: /m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=\s*Card name: )/m).filter(block => /^\s*Card name:/.test(block))
    const threads = /^\s*Processor: +(.*?)(?: \((\d+) CPUs\).*)?$/m.exec(text)
    return {
      os: { platform: 'win32', name: capture(text, /^\s*Operating System: +(Windows \S+(?: \w+)?)/m) },
      cpu: { model: threads?.[1]?.trim() ?? null, logicalCores: figure(threads?.[2]) },
      // The first leaves out what the firmware keeps for graphics.
      memory: { totalMiB: captureFigure(text, /^\s*Available OS Memory: +(\d+)MB/m) ?? captureFigure(text, /^\s*Memory: +(\d+)MB/m) },
      gpus: blocks.map(cardOf),
    }
  },
}

function cardOf(block: string): GpuSighting {
  const name = capture(block, /^\s*Card name: +(.*)$/m)
  const vendor = makerOfAdapter(`${capture(block, /^\s*Manufacturer: +(.*)$/m) ?? ''} ${name ?? ''}`)
  const integrated = isIntegratedByName(vendor, name ?? '')
  const dedicated = captureFigure(block, /^\s*Dedicated Memory: +(\d+) MB/m)
  const ids = /VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})/i.exec(block)
  return {
    vendor,
    name,
    integrated,
    pciId: ids ? `${ids[1] ?? ''}:${ids[2] ?? ''}`.toLowerCase() : null,
    driver: driverOf(vendor, capture(block, /^\s*Driver Version: +(\S+)/m)),
    vramMiB: integrated ? null : dedicated,
    ...(vendor === 'other' ? { whyNot: 'A display adapter without compute that a runtime could use.' } : {}),
  }
}

/** `label:  64.655 MB`, with any language's marks between thousands, also such as the console's code page spoilt. */
const sizeLine = /^[^:：\n]+[:：]\s+(\d[\d.,’'\s\u00ff\ufffd]*?)\s?(?:MB|Mo|МБ|Мб)\s*$/gmu
const kindLine = /[:：]\s+(x64|ARM64|X86)-bas/i
/** The maker's name is written in the language's own letters in some. */
const nameLine = /^[^:：\n]+[:：]\s+(?:Microsoft|\p{L}+) (Windows (?:\d|Server|XP|Vista).*?)\s*$/mu

/**
 * `systeminfo`, whose labels are in the system's language: values are known by their look, and sizes by their order, which is
 * memory in all, memory available, then virtual memory; English labels are believed where they are there.
 */
export const systeminfo: Parser = {
  tool: 'systeminfo',
  recognises: text =>
    (/^(OS Name|Host Name|System Model):\s+\S/m.test(text) && /^(OS Version|Total Physical Memory):/m.test(text)) ||
    ((kindLine.test(text) || nameLine.test(text)) && text.search(sizeLine) !== -1 && !/^\s*Card name:/m.test(text)),
  parse(text): Findings {
    const version = capture(text, /^OS Version:\s+(\S+)/m) ?? capture(text, /^[^:：\n]+[:：]\s+(\d+\.\d+\.\d{4,})\b/m)
    const kind = kindLine.exec(text)?.[1]?.toLowerCase()
    const sizes = [...text.matchAll(sizeLine)].map(found => ({ label: found[0], mib: figure(found[1]?.replace(/[^\d]/g, '')) }))
    const isEnglish = /^(Total|Available) Physical Memory:/m.test(text)
    const size = (label: RegExp, order: number) => (isEnglish ? sizes.find(each => label.test(each.label)) : sizes[order])?.mib ?? null
    return {
      os: {
        platform: 'win32',
        name: capture(text, /^OS Name:\s+(?:Microsoft )?(.*?)\s*$/m) ?? capture(text, nameLine),
        version,
        kernel: version,
        arch: kind === 'x64' || kind === 'arm64' ? kind : null,
      },
      memory: { totalMiB: size(/^Total Physical/, 0), availableMiB: size(/^Available Physical/, 1) },
    }
  },
}

/** `Get-ComputerInfo`: names of WMI classes with a prefix each; memory of the system in KiB, of the computer in bytes. */
export const computerInfo: Parser = {
  tool: 'Get-ComputerInfo',
  recognises: text => /^\s*(OsName|WindowsProductName|CsTotalPhysicalMemory)\s+: /m.test(text),
  parse(text) {
    const of = (label: string) => capture(text, new RegExp(`^\\s*${label}\\s+: \\{?(.*?)\\}?\\s*$`, 'm'))
    const [bytes, kib, free] = ['CsTotalPhysicalMemory', 'OsTotalVisibleMemorySize', 'OsFreePhysicalMemory'].map(label => figure(of(label)))
    return {
      os: { platform: 'win32', name: of('OsName')?.replace(/^Microsoft /, '') ?? null, version: of('OsVersion'), kernel: of('OsVersion') },
      cpu: { model: of('CsProcessors')?.split(',')[0] ?? null, logicalCores: figure(of('CsNumberOfLogicalProcessors')) },
      memory: {
        totalMiB: kib ? mibFromKib(kib) : bytes ? mibFromBytes(bytes) : null,
        availableMiB: free ? mibFromKib(free) : null,
      },
    }
  },
}

/**
 * Tables of `wmic ... get A,B` and `Format-Table`: the header's words mark where columns begin. Turned into the lists that
 * the other forms have.
 */
export function listsOfTable(text: string): string | null {
  const lines = text.split('\n').map(line => line.trimEnd())
  const at = lines.findIndex(
    line => /\b(AdapterRAM|NumberOfCores|TotalPhysicalMemory|TotalVisibleMemorySize)\b/.test(line) && !/[:=]/.test(line),
  )
  const header = lines[at]
  if (header === undefined) return null
  const columns = [...header.matchAll(/\S+/g)].map(found => ({ name: found[0], from: found.index }))
  const rows = lines.slice(at + 1).filter(line => line.trim() !== '' && !/^[\s-]+$/.test(line))
  return rows
    .map(row => columns.map(({ name, from }, index) => `${name} : ${row.slice(from, columns[index + 1]?.from).trim()}`).join('\n'))
    .join('\n\n')
}

const columnNames = /^"?(?:[\w.]+"?,"?)*(AdapterRAM|NumberOfCores|TotalPhysicalMemory|TotalVisibleMemorySize|Capacity)\b/

/** `wmic ... /format:csv` and `Export-Csv`: a line of names and one per object; null where there is no such line. */
export function objectsOfCsv(text: string): Record<string, string>[] | null {
  const lines = text.split('\n').map(line => line.trim())
  const at = lines.findIndex(line => line.includes(',') && columnNames.test(line))
  if (at === -1) return null
  const names = csvCells(lines[at] ?? '')
  const objects: Record<string, string>[] = []
  for (const line of lines.slice(at + 1)) {
    const cells = csvCells(line)
    if (cells.length < names.length) continue
    objects.push(Object.fromEntries(fitted(cells, names).map((cell, index) => [names[index] ?? '', cell])))
  }
  return objects
}

/** wmic quotes nothing, so that `Parsec Cloud, Inc.` takes two cells: what is too much belongs to the maker's name. */
function fitted(cells: readonly string[], names: readonly string[]): readonly string[] {
  const surplus = cells.length - names.length
  const at = names.indexOf('AdapterCompatibility')
  return surplus === 0 || at === -1 ? cells : cells.toSpliced(at, surplus + 1, cells.slice(at, at + surplus + 1).join(', '))
}
