import type { Parser } from '../hardware.types'
import { capture, figure, isObject, looseJson, mibFromBytes } from '../text'

/** Versions of what runtimes are installed with. */
export const software: Parser = {
  tool: 'version of a tool',
  recognises: text => /^(Docker version|podman version|Python \d|uv \d|nerdctl version|Apptainer version|apptainer version)/im.test(text),
  parse(text) {
    const engine = /^(Docker|podman|nerdctl|apptainer) version ([\w.+-]+)/im.exec(text)
    const name = engine?.[1]?.toLowerCase() ?? ''
    return {
      software: {
        containerEngine: engine ? `${name.charAt(0).toUpperCase()}${name.slice(1)} ${engine[2] ?? ''}` : null,
        python: capture(text, /^Python (\d+\.\d+\S*)/m),
        uv: capture(text, /^uv (\d+\.\d+\S*)/m),
      },
    }
  },
}

/** Compilers and libraries beside the driver: `nvcc --version`, /opt/rocm/.info/version, Level Zero's loader, CANN's version file. */
export const toolkits: Parser = {
  tool: 'the files of a toolkit',
  recognises: text => /Cuda compilation tools|^rocm: |^level-zero: |^cann: |^Version=.*\n(?:.*\n)*?.*toolkit/im.test(text),
  parse: text => ({
    software: {
      cuda: capture(text, /Cuda compilation tools, release (\d+\.\d+)/),
      rocm: capture(text, /^rocm: (\d+\.\d+(?:\.\d+)?)/m),
      levelZero: capture(text, /^level-zero: (\S+)/m),
      cann: capture(text, /^cann: (\S+)/m),
    },
  }),
}

/**
 * Whether containers get at the NVIDIA GPU: a runtime named nvidia in `docker info`, or a CDI specification, which
 * `nvidia-ctk cdi generate` writes (https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html).
 */
export const containerGpu: Parser = {
  tool: 'docker info, /etc/cdi',
  recognises: text => /^cdi: |^docker-runtimes: \S|^\s*Runtimes: \S|^NVIDIA Container Toolkit CLI/m.test(text) || runtimesIn(text) !== null,
  parse(text) {
    // Newer engines list the devices that they found in specifications, as `cdi: nvidia.com/gpu=0`.
    const specification = /^\s*cdi: \S*nvidia\S*$/m.test(text) || /"ID"\s*:\s*"nvidia\.com\/gpu=/.test(text)
    const runtime = /^(?:docker-runtimes|\s*Runtimes): .*\bnvidia\b/m.test(text) || (runtimesIn(text)?.includes('nvidia') ?? false)
    const toolkit = capture(text, /^NVIDIA Container Toolkit CLI version (\S+)/m)
    const how = specification ? 'CDI' : runtime ? 'nvidia-container-runtime' : toolkit ? null : ''
    return { software: { containerGpu: how } }
  },
}

/** Names of the runtimes in `docker info --format json`. */
function runtimesIn(text: string): string[] | null {
  if (!/"Runtimes"\s*:/.test(text)) return null
  const root = looseJson(text)
  return isObject(root) && isObject(root['Runtimes']) ? Object.keys(root['Runtimes']) : null
}

const networks = /^(nfs\d?|cifs|smb3|smbfs|9p|fuse\.sshfs|fuse\.rclone|ceph|glusterfs|lustre|afpfs|webdav|virtiofs|drvfs)$/

/** What our own look at the models folder's disk prints, as JSON (electron/core/hardware/disk.ts). */
export const disk: Parser = {
  tool: 'the disk of the models folder',
  recognises: text => /"modelsDisk"\s*:/.test(text),
  parse(text) {
    const root = looseJson(text)
    const found = isObject(root) && isObject(root['modelsDisk']) ? root['modelsDisk'] : null
    if (!found) return {}
    const word = (key: string) => (typeof found[key] === 'string' ? found[key] : null)
    const mib = (key: string) => {
      const bytes = typeof found[key] === 'number' ? found[key] : null
      return bytes === null ? null : mibFromBytes(bytes)
    }
    const fileSystem = word('fileSystem')
    return {
      disk: {
        fileSystem,
        totalMiB: mib('totalBytes'),
        freeMiB: mib('freeBytes'),
        device: word('device'),
        kind: diskKind(fileSystem, word('device'), figure(word('rotational'))),
      },
    }
  },
}

/** What our short measurement of the disk leaves (electron/core/hardware/measure-disk.ts). */
export const diskSpeed: Parser = {
  tool: 'reading a model file for 0.3 s',
  recognises: text => /^Models disk read rate: \d+ MB\/s/m.test(text),
  parse: text => ({ disk: { readMBps: figure(capture(text, /^Models disk read rate: (\d+) MB\/s/m)) } }),
}

/** By the file system for network and memory, else by the name of the device and whether it turns. */
function diskKind(fileSystem: string | null, device: string | null, rotational: number | null) {
  if (fileSystem !== null && networks.test(fileSystem)) return 'network' as const
  if (fileSystem === 'tmpfs' || fileSystem === 'ramfs') return 'memory' as const
  if (device === null) return null
  if (device.startsWith('nvme')) return 'nvme' as const
  // What a virtual disk turns on is the host's affair.
  if (/^(vd|xvd)/.test(device)) return 'virtual' as const
  return rotational === 1 ? ('hdd' as const) : rotational === 0 ? ('ssd' as const) : null
}
