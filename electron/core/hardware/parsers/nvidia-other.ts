import type { GpuSighting, Parser } from '../hardware.types'
import { capture } from '../text'
import { isUnified } from './nvidia-table'

/** `nvidia-smi -L`: whole names, and the MIG devices of each card with their profiles. */
export const nvidiaList: Parser = {
  tool: 'nvidia-smi -L',
  recognises: text => /^\s*GPU \d+: .*\(UUID: /m.test(text),
  parse(text) {
    const gpus: GpuSighting[] = text
      .split(/^(?=\s*GPU \d+: )/m)
      .filter(block => /^\s*GPU \d/.test(block))
      .map(block => {
        const name = capture(block, /^\s*GPU \d+: (.*?) \(UUID/)
        const migInstances = [...block.matchAll(/^\s+MIG (\S+)\s+Device\s+\d+:/gm)].map(found => ({
          profile: found[1] ?? '',
          memoryMiB: null,
        }))
        return {
          vendor: 'nvidia',
          name,
          unified: isUnified(name) ? true : null,
          migInstances,
          migEnabled: migInstances.length > 0 ? true : null,
        }
      })
    return { gpus }
  },
}

/** `nvidia-smi --version` and /proc/driver/nvidia/version: the driver as a whole, with no word on any card. */
export const nvidiaVersion: Parser = {
  tool: 'nvidia-smi --version',
  recognises: text => /^NVIDIA-SMI version\s*:|^NVRM version: /m.test(text),
  parse: text => ({
    software: {
      nvidiaDriver:
        capture(text, /^(?:KMD|DRIVER) version\s*: (\d[\d.]*)/m) ?? capture(text, /^NVRM version: .*?\b(\d{3}\.\d+(?:\.\d+)?)\b/m),
      nvidiaCuda: capture(text, /^CUDA (?:UMD )?version\s*: (\d+\.\d+)/im),
    },
  }),
}

/** `nvidia-smi topo -m`: `NV18` between two cards means eighteen NVLink lanes; the rest goes over the board. */
export const nvidiaTopology: Parser = {
  tool: 'nvidia-smi topo -m',
  recognises: text => /^\s*GPU0\s+X\b/m.test(text),
  parse(text) {
    const rows = [...text.matchAll(/^\s*GPU\d+\s+(.*)$/gm)].filter(row => /\bX\b/.test(row[1] ?? ''))
    const links = rows.map(row => Math.max(0, ...[...(row[1] ?? '').matchAll(/\bNV(\d+)\b/g)].map(found => Number(found[1]))))
    return { gpus: links.map(nvlinks => ({ vendor: 'nvidia' as const, nvlinks })) }
  },
}

/** `nvidia-smi nvlink --status`: a line per link that is up, with its rate. */
export const nvidiaLinks: Parser = {
  tool: 'nvidia-smi nvlink --status',
  recognises: text => /^\s+Link \d+: ([\d.]+ GB\/s|<inactive>)/m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=GPU \d+: )/m).filter(block => block.startsWith('GPU '))
    return {
      gpus: blocks.map(block => ({
        vendor: 'nvidia' as const,
        name: capture(block, /^GPU \d+: (.*?) \(UUID/),
        nvlinks: [...block.matchAll(/^\s+Link \d+: [\d.]+ GB\/s/gm)].length,
      })),
    }
  },
}

/** `tegrastats` of Jetson boards: only the memory, which CPU and GPU share; MB there means MiB. */
export const tegrastats: Parser = {
  tool: 'tegrastats',
  recognises: text => /\bRAM \d+\/\d+MB\b/.test(text),
  parse(text) {
    const found = /\bRAM (\d+)\/(\d+)MB/.exec(text)
    if (!found) return {}
    const total = Number(found[2])
    return { memory: { totalMiB: total, availableMiB: total - Number(found[1]) } }
  },
}

/** Boards whose older releases have no nvidia-smi: /proc/device-tree/model names them, /etc/nv_tegra_release their driver. */
export const jetsonModel: Parser = {
  tool: '/proc/device-tree/model',
  recognises: text => /\bJetson\b.*\b(Orin|Xavier|Nano|TX\d|Thor)\b|^# R\d+ \(release\), REVISION/m.test(text),
  parse(text) {
    const model = /Jetson (?:AGX )?(?:Orin(?: NX| Nano)?|Xavier(?: NX)?|AGX \w+|Nano|TX\d|Thor)/.exec(text)?.[0] ?? null
    const release = /^# R(\d+) \(release\), REVISION: ([\d.]+)/m.exec(text)
    return {
      os: { platform: 'linux', arch: 'arm64' },
      // The release is a file of its own beside the board's name.
      software: { nvidiaDriver: release ? `R${release[1]}.${release[2]}` : null },
      gpus: model ? [{ vendor: 'nvidia', name: `NVIDIA ${model}`, unified: true }] : [],
    }
  },
}
