import type { OsFacts, Parser } from '../hardware.types'
import { capture } from '../text'

/** /etc/os-release (https://www.freedesktop.org/software/systemd/man/os-release.html) and `lsb_release -a`. */
export const osRelease: Parser = {
  tool: '/etc/os-release',
  recognises: text => /^(PRETTY_NAME|VERSION_ID)=|^Distributor ID:/m.test(text),
  parse(text) {
    const name = capture(text, /^PRETTY_NAME="?(.*?)"?\s*$/m) ?? capture(text, /^Description:\s+(.*)$/m)
    const version = capture(text, /^VERSION_ID="?(.*?)"?\s*$/m) ?? capture(text, /^Release:\s+(.*)$/m)
    return { os: { platform: 'linux', name, version } }
  },
}

const architectures: readonly (readonly [RegExp, 'x64' | 'arm64'])[] = [
  [/\b(x86_64|amd64)\b/i, 'x64'],
  [/\b(aarch64|arm64)\b/i, 'arm64'],
]

/** `uname -srvmo` or `-a`, and /proc/version; a kernel made by Microsoft is WSL. */
export const uname: Parser = {
  tool: 'uname',
  recognises: text => /^(Linux|Darwin)\s+\S/m.test(text),
  parse(text) {
    const line = /^(Linux|Darwin)\s.*$/m.exec(text)?.[0] ?? ''
    const arch = architectures.find(([pattern]) => pattern.test(line))?.[1]
    const facts: OsFacts = {
      platform: line.startsWith('Darwin') ? 'darwin' : 'linux',
      kernel: capture(line, /\s(\d+\.\d+\S*)/),
      ...(arch ? { arch } : {}),
      ...(/microsoft|WSL/i.test(line) ? { wsl: true } : {}),
    }
    return { os: facts }
  },
}

/** `ldd --version`, which on musl fails and names itself. */
export const libc: Parser = {
  tool: 'ldd --version',
  recognises: text => /^ldd \(|musl libc|GLIBC/m.test(text),
  parse(text) {
    if (/musl/.test(text)) return { os: { libc: 'musl', libcVersion: capture(text, /Version (\d+\.\d+(?:\.\d+)?)/) } }
    return { os: { libc: 'glibc', libcVersion: capture(text, /^ldd \(.*\) (\d+\.\d+)/m) } }
  },
}

const pagePolicies = ['always', 'madvise', 'never'] as const

/** `always [madvise] never`, the one in force in brackets (https://docs.kernel.org/admin-guide/mm/transhuge.html). */
export const hugePages: Parser = {
  tool: '/sys/kernel/mm/transparent_hugepage/enabled',
  recognises: text => /^\[?always\]? \[?madvise\]? \[?never\]?$/m.test(text),
  parse(text) {
    const named = capture(text, /\[(always|madvise|never)\]/)
    const policy = pagePolicies.find(each => each === named)
    return policy ? { os: { hugePages: policy } } : {}
  },
}

/** Board and chip by the device tree's list, most particular first (https://docs.kernel.org/devicetree/usage-model.html, `compatible`). */
export const deviceTree: Parser = {
  tool: '/proc/device-tree/compatible',
  recognises: (text, fileName) => fileName.includes('compatible') && /^[a-z\d][\w.-]*,[\w.+-]+$/m.test(text),
  parse: text => ({ cpu: { chip: text.trim().split('\n').join(' ') } }),
}

/** Marks that a container leaves, as recorded: `dockerenv`, `containerenv`, `container=podman`, or lines of /proc/1/cgroup. */
export const containerMarks: Parser = {
  tool: 'container marks',
  recognises: (_text, fileName) => fileName.startsWith('container-marks'),
  parse(text) {
    const kind = /kubepods/.test(text)
      ? 'kubernetes'
      : /containerenv|podman|libpod/.test(text)
        ? 'podman'
        : /dockerenv|docker/.test(text)
          ? 'docker'
          : (capture(text, /lxc|container=(\S+)/) ?? (/lxc/.test(text) ? 'lxc' : null))
    return { os: { container: kind } }
  },
}
