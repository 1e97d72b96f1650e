import type { Gpu, Machine } from '../../contract/machine'
import { cudaMajor } from './facts-judge'
import { parseServerFlags } from './llama-cpp.flags'
import { xllamacppLauncherName, xllamacppVersion } from './llama-cpp.xllamacpp'
import { xllamacppLauncher } from './llama-cpp.xllamacpp-launcher'
import type { BuildKind, InstallPlan } from './runtime'

const releases = 'ggml-org/llama.cpp'

/** Version of node-llama-cpp in package.json; a test compares them. */
export const builtInVersion = '3.21.1'

export const llamaCppBuilds: readonly BuildKind[] = [
  {
    kind: 'built-in',
    title: 'Built-in engine',
    find: {
      // Only Macs bring a GPU variant of node-llama-cpp with the app.
      bundled: { version: builtInVersion, backends: process.platform === 'darwin' ? ['metal', 'cpu'] : ['cpu'] },
      commands: [],
      places: {},
      versionArguments: [],
    },
    parseVersion: () => null,
    installs: () => [],
  },
  {
    kind: 'llama-server',
    title: 'llama-server',
    find: {
      commands: ['llama-server'],
      places: {
        linux: [
          '/usr/local/bin/llama-server',
          '/usr/bin/llama-server',
          '~/.local/bin/llama-server',
          '/home/linuxbrew/.linuxbrew/bin/llama-server',
          '~/llama.cpp/build/bin/llama-server',
        ],
        darwin: [
          '/opt/homebrew/bin/llama-server',
          '/usr/local/bin/llama-server',
          '/opt/local/bin/llama-server',
          '~/llama.cpp/build/bin/llama-server',
        ],
        win32: ['~/AppData/Local/Microsoft/WinGet/Links/llama-server.exe', '~/scoop/shims/llama-server.exe'],
      },
      versionArguments: ['--version'],
      flags: { arguments: ['--help'], parse: parseServerFlags },
      devices: { arguments: ['--list-devices'], parse: parseDevices },
    },
    parseVersion: parseServerVersion,
    installs: releasePlans,
  },
  {
    kind: 'xllamacpp',
    title: 'llama.cpp server from PyPI',
    find: {
      ...{ commands: [], places: {}, versionArguments: ['--version'] },
      flags: { arguments: ['--help'], parse: parseServerFlags },
    },
    parseVersion: output => /^version: (\S+) \(xllamacpp\)/m.exec(output)?.[1] ?? null,
    installs: machine => [pythonPlan(machine)],
  },
]

/**
 * `version: 0.7.0 (build 11669, commit abc)` or, before there was a semantic version, `version: 6123 (abc)`; the build number
 * names a version in both. A build made outside git says 0, and then the semantic version has to do.
 */
export function parseServerVersion(output: string): string | null {
  const build = /^version: (?:\S+ \(build (\d+)|(\d+) \()/m.exec(output)
  const number = Number(build?.[1] ?? build?.[2] ?? 0)
  if (number > 0) return `b${number}`
  return /^version: (\d+\.\d+\.\d+)/m.exec(output)?.[1] ?? null
}

/** Lines such as `  CUDA0: NVIDIA GeForce RTX 4090 (24215 MiB, 23000 MiB free)` below `Available devices:`. */
export function parseDevices(output: string): string[] {
  const names: Readonly<Record<string, string>> = {
    CUDA: 'cuda',
    ROCm: 'rocm',
    Vulkan: 'vulkan',
    Metal: 'metal',
    MTL: 'metal',
    SYCL: 'sycl',
    CANN: 'cann',
  }
  const found = [...output.matchAll(/^ +([A-Za-z]+)\d*: /gm)].flatMap(([, name]) => names[name ?? ''] ?? [])
  return [...new Set([...found, 'cpu'])]
}

/** Name of an asset: `llama-b11669-bin-ubuntu-vulkan-x64.tar.gz`; numbers of CUDA and ROCm move, so they are matched, not named. */
const asset = (middle: string) => new RegExp(`^llama-b\\d+-bin-${middle}\\.(?:zip|tar\\.gz)$`)
const cudaRuntime = (middle: string) => new RegExp(`^cudart-llama-(?:b\\d+-)?bin-${middle}\\.(?:zip|tar\\.gz)$`)

type Variant = { backend: string; title: string; middle: string; extra?: RegExp }

function releasePlans(machine: Machine): InstallPlan[] {
  const { arch, libc, platform } = machine.os
  const executable = platform === 'win32' ? 'llama-server.exe' : 'llama-server'
  const musl = libc === 'musl' ? 'These builds need glibc; this system has musl.' : null
  return variantsFor(machine).map(({ backend, title, middle, extra }): InstallPlan => ({
    id: `github-${backend}-${arch}`,
    title: `llama-server for ${title}`,
    variant: backend,
    backends: backend === 'cpu' ? ['cpu'] : [backend, 'cpu'],
    fetch: { kind: 'github-release', repository: releases, asset: asset(middle), executable, ...(extra ? { extra } : {}) },
    why: musl,
  }))
}

/** Best first: what the GPU's own maker supports, then Vulkan, then the CPU. */
function variantsFor(machine: Machine): Variant[] {
  const { arch, platform } = machine.os
  if (arch === 'other') return []
  if (platform === 'darwin') {
    return [
      arch === 'arm64'
        ? { backend: 'metal', title: 'Apple GPUs', middle: 'macos-arm64' }
        : { backend: 'cpu', title: 'Intel Macs', middle: 'macos-x64' },
    ]
  }
  const system = platform === 'win32' ? 'win' : 'ubuntu'
  const usable = machine.gpus.filter(gpu => gpu.usable)
  const cpu = { backend: 'cpu', title: 'the CPU', middle: platform === 'win32' ? `win-cpu-${arch}` : `ubuntu-${arch}` }
  const vulkan = usable.some(gpu => gpu.vulkan !== false)
    ? [{ backend: 'vulkan', title: 'GPUs by Vulkan', middle: `${system}-vulkan-${arch}` }]
    : []
  return [...cudaVariants(usable, { system, arch }), ...rocmVariants(usable, { system, arch }), ...vulkan, cpu]
}

function cudaVariants(gpus: readonly Gpu[], { system, arch }: { system: string; arch: string }): Variant[] {
  const nvidia = gpus.filter(gpu => gpu.vendor === 'nvidia')
  const served = Math.max(0, ...nvidia.map(gpu => cudaMajor(gpu) ?? 0))
  // CUDA 13 dropped compute capabilities below 7.5 (CUDA 13.0 release notes).
  const old = nvidia.some(gpu => gpu.computeCapability !== null && Number(gpu.computeCapability) < 7.5)
  const major = served >= 13 && !old ? 13 : served >= 12 ? 12 : null
  if (major === null || (major === 12 && arch === 'arm64')) return []
  const middle = `${system}-cuda-${major}\\.\\d+-${arch}`
  return [{ backend: 'cuda', title: `NVIDIA GPUs, CUDA ${major}`, middle, extra: cudaRuntime(middle) }]
}

function rocmVariants(gpus: readonly Gpu[], { system, arch }: { system: string; arch: string }): Variant[] {
  const targets = gpus.filter(gpu => gpu.vendor === 'amd' && gpu.rocmTarget !== null)
  return targets.length > 0 && arch === 'x64'
    ? [{ backend: 'rocm', title: 'AMD GPUs, ROCm', middle: `${system}-(?:rocm-[\\d.]+|hip-[a-z]+)-x64` }]
    : []
}

/** Wheels exist for these (seen with pip download of this version). */
const wheels = new Set(['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'])

function pythonPlan(machine: Machine): InstallPlan {
  const { arch, libc, platform } = machine.os
  return {
    id: 'pypi-xllamacpp',
    title: `llama.cpp server from PyPI (xllamacpp ${xllamacppVersion})`,
    variant: 'xllamacpp',
    backends: platform === 'darwin' ? ['metal', 'cpu'] : ['cpu'],
    fetch: {
      kind: 'python-venv',
      requirements: [`xllamacpp==${xllamacppVersion}`],
      launcher: { name: xllamacppLauncherName, text: xllamacppLauncher },
      python: '3.10',
    },
    why: libc === 'musl' || !wheels.has(`${platform}-${arch}`) ? 'PyPI has no prebuilt package for this system.' : null,
  }
}
