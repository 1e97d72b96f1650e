import type { GpuSighting, Parser } from '../hardware.types'
import { capture, normaliseBusId } from '../text'

const noRuntime = (maker: string) => `None of the runtimes known here is made for accelerators of ${maker}.`

/** `cnmon` of Cambricon: two lines per card, like nvidia-smi's (https://www.cambricon.com/docs/sdk_1.15.0/cnmon_5.8.1/). */
export const cnmon: Parser = {
  tool: 'cnmon',
  recognises: text => /\bCNMON\b/.test(text) && /MLU/.test(text),
  parse: text => ({
    gpus: cardsOf(text, /\b(MLU\d+\S*)/).map(card => ({ ...card, name: `Cambricon ${card.name}`, whyNot: noRuntime('Cambricon') })),
  }),
}

/** `hl-smi` of Intel Gaudi (https://docs.habana.ai, System Management Interface Tool). */
export const hlSmi: Parser = {
  tool: 'hl-smi',
  recognises: text => /\bHL-SMI Version\b/.test(text),
  parse: text => ({
    gpus: cardsOf(text, /\b(HL-\d{3}\w*)\b(?!.*Version)/).map(card => ({
      ...card,
      name: `Intel Gaudi ${card.name}`,
      whyNot: noRuntime('the Gaudi family'),
    })),
  }),
}

/** `mthreads-gmi` of Moore Threads. */
export const mthreadsGmi: Parser = {
  tool: 'mthreads-gmi',
  recognises: text => /mthreads-gmi/.test(text) && /MTT S\d+/.test(text),
  parse: text => ({
    gpus: cardsOf(text, /\b(MTT S\w+)\b/).map(card => ({
      ...card,
      name: `Moore Threads ${card.name}`,
      whyNot: noRuntime('Moore Threads'),
    })),
  }),
}

/** `mx-smi` of MetaX (https://developer.metax-tech.com, its manual) and `ixsmi` of Iluvatar, whose tables are nvidia-smi's in other words. */
export const otherSmi: Parser = {
  tool: 'mx-smi, ixsmi',
  recognises: text => /\bmx-smi\b|\bIX-ML\b|\bixsmi\b/i.test(text),
  parse: text => ({
    gpus: cardsOf(text, /\b(MetaX \w+|MXC\w+|Iluvatar [\w-]+)/).map(card => {
      const maker = card.name.startsWith('Iluvatar') ? 'Iluvatar' : 'MetaX'
      return { ...card, name: card.name.replace(/^MXC/, 'MetaX C'), whyNot: noRuntime(maker) }
    }),
  }),
}

/** `hy-smi` of Hygon: a line per accelerator with the used share of its memory, and neither its name nor its size. */
export const hySmi: Parser = {
  tool: 'hy-smi',
  recognises: text => /^HCU\s+Temp\s.*VRAM%/m.test(text),
  parse: text => ({
    gpus: [...text.matchAll(/^\d+\s+[\d.]+C\s.*?\s(\d+)%\s/gm)].map(row => ({
      vendor: 'other' as const,
      name: 'Hygon DCU',
      integrated: false,
      vramUsedShare: Number(row[1]) / 100,
      whyNot: noRuntime('Hygon'),
    })),
  }),
}

/** A line with a card's number and model, and the first line from there with `used MiB / total MiB` or `used MiB(total MiB)`. */
function cardsOf(text: string, model: RegExp): (GpuSighting & { name: string })[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    const name = /^[|/\s]*\d+\s/.test(line) ? model.exec(line)?.[1] : undefined
    if (name === undefined) return []
    const below = lines.slice(at, at + 4).join('\n')
    const memory = /(\d+)\s*(?:MiB)?\s*(?:\/|\()\s*(\d+)\s*MiB/i.exec(below)
    return [
      {
        vendor: 'other' as const,
        name,
        integrated: false,
        busId: normaliseBusId(/([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d)/i.exec(below)?.[1]),
        driver: capture(text, /Driver Version:\s*v?([\d.]+)/),
        vramMiB: memory ? Number(memory[2]) : null,
        vramUsedMiB: memory ? Number(memory[1]) : null,
      },
    ]
  })
}

/** Modules of the kernel that drive processors for neural networks, as /sys/class/accel and lspci show them. */
const npuNames: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bamdxdna\b|AMD.*(Neural Processing Unit|\b(IPU|NPU)\b)|\[1022:(1502|17f0)\]/i, 'AMD Ryzen AI (XDNA)'],
  [/\bintel_vpu\b|\bIntel.*\b(NPU|AI Boost|VPU)\b/i, 'Intel AI Boost (NPU)'],
  [/\brknpu\b/i, 'Rockchip NPU'],
  [/\bhailo/i, 'Hailo accelerator'],
  [/Hexagon\S* NPU|Snapdragon.*NPU/i, 'Qualcomm Hexagon (NPU)'],
]

/** Lines of lspci, of /sys/class/accel as recorded, or of Windows' devices that name such a processor. */
export const npuDevices: Parser = {
  tool: 'the list of devices',
  recognises: (text, fileName) => /^(accel|npu)/.test(fileName) || /Signal processing controller|\baccel\d+\b|\bNPU\b|AI Boost/.test(text),
  parse(text) {
    const lines = text.split('\n').filter(line => !/^\s*\|/.test(line))
    const found = npuNames.filter(([pattern]) => lines.some(line => pattern.test(line)))
    return { npus: found.map(([, name]) => ({ name, driver: null })) }
  },
}
