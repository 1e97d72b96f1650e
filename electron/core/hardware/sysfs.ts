import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryDevicesOf } from './parsers/smbios'

/** Reads small files of the kernel below `root` (`/` in life) into lines of `path: value`; empty when there are none. */
export type Collector = (root: string) => Promise<string>

const drmNames = [
  'vendor',
  'device',
  'uevent',
  'mem_info_vram_total',
  'mem_info_vram_used',
  'mem_info_gtt_total',
  'lmem_total_bytes',
  'lmem_avail_bytes',
  'current_link_speed',
  'current_link_width',
  'max_link_speed',
  'max_link_width',
]

/** Memory and ids of every graphics card of the kernel (https://docs.kernel.org/gpu/amdgpu/driver-misc.html, mem_info_*). */
export const drmFiles: Collector = root =>
  lines(
    join(root, 'sys/class/drm'),
    drmNames.map(name => `card[0-9]*/device/${name}`),
  )

export const kfdFiles: Collector = root =>
  lines(join(root, 'sys/class/kfd/kfd/topology'), ['nodes/*/properties', 'nodes/*/mem_banks/*/properties'])

export const hybridFiles: Collector = root =>
  lines(join(root, 'sys/devices'), [
    'cpu_core/cpus',
    'cpu_atom/cpus',
    'cpu/cpu0/topology/thread_siblings_list',
    'system/cpu/cpu0/topology/thread_siblings_list',
  ])

/** Memory modules by the firmware's own table, where dmidecode is not there; only root may read it, others get EACCES. */
export const dmiMemory: Collector = async root => memoryDevicesOf(await readFile(join(root, 'sys/firmware/dmi/tables/DMI')))

/** Nodes of memory: `numa-nodes: 0-1`. */
export const numaFiles: Collector = async root => {
  const nodes = await text(join(root, 'sys/devices/system/node/online'))
  return nodes?.trim() ? `numa-nodes: ${nodes.trim()}` : ''
}

/** Accelerators of the kernel's own class, with their modules: `accel0: amdxdna`. */
export const accelFiles: Collector = async root => {
  const found: string[] = []
  for await (const path of glob('sys/class/accel/accel*/device/uevent', { cwd: root })) {
    const driver = /^DRIVER=(\S+)/m.exec((await text(join(root, path))) ?? '')?.[1]
    if (driver) found.push(`${path.split(/[\\/]/)[3] ?? 'accel'}: ${driver}`)
  }
  return found.join('\n')
}

/** Toolkits by the files that their packages leave, `rocm: 7.0.1`. */
export const toolkitFiles: Collector = async root => {
  const [rocm, cann, loaders] = await Promise.all([
    text(join(root, 'opt/rocm/.info/version')),
    text(join(root, 'usr/local/Ascend/ascend-toolkit/latest/version.cfg')),
    levelZeroLoaders(root),
  ])
  const cannVersion = /(\d+\.\d+\.\w+(?:\.\w+)*)/.exec(cann ?? '')?.[1]
  return [
    ...(rocm?.trim() ? [`rocm: ${rocm.trim()}`] : []),
    ...(cannVersion ? [`cann: ${cannVersion}`] : []),
    ...(loaders ? [`level-zero: ${loaders}`] : []),
  ].join('\n')
}

/** The newest loader of Level Zero by its file name, `libze_loader.so.1.20.2`; it serves GPUs only beside libze_intel_gpu. */
async function levelZeroLoaders(root: string): Promise<string | null> {
  const names: string[] = []
  for await (const path of glob('usr/lib/{*-linux-gnu,}/libze_{loader,intel_gpu}.so.*', { cwd: root })) names.push(path)
  if (!names.some(name => name.includes('libze_intel_gpu'))) return null
  return (
    names
      .flatMap(name => /libze_loader\.so\.(\d+\.\d+(?:\.\d+)?)/.exec(name)?.[1] ?? [])
      .sort()
      .at(-1) ?? null
  )
}

/** Specifications by which containers get devices (https://github.com/cncf-tags/container-device-interface). */
export const cdiFiles: Collector = async root => {
  const found: string[] = []
  for await (const path of glob(['etc/cdi/*', 'var/run/cdi/*'], { cwd: root })) found.push(`cdi: ${path.replaceAll('\\', '/')}`)
  return found.sort().join('\n')
}

/** The limits of our own control group and of all above it: any of them may be the smallest (cgroup v2 and v1). */
export const cgroupFiles: Collector = async root => {
  const own = (await text(join(root, 'proc/self/cgroup'))) ?? ''
  const unified = /^0::(\/.*)$/m.exec(own)?.[1] ?? '/'
  const legacy = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(own)?.[1] ?? '/'
  const v2 = ancestors(unified).flatMap(path =>
    ['memory.max', 'memory.current', 'memory.stat'].map(name => join('sys/fs/cgroup', path, name)),
  )
  const v1 = ancestors(legacy).flatMap(path =>
    ['memory.limit_in_bytes', 'memory.usage_in_bytes'].map(name => join('sys/fs/cgroup/memory', path, name)),
  )
  const found = await Promise.all([...v2, ...v1].map(async path => ({ path, value: await text(join(root, path)) })))
  return joined(found)
}

/** The same for what may be computed with: quota and period, and the CPUs of the set. */
export const cgroupCpuFiles: Collector = async root => {
  const own = (await text(join(root, 'proc/self/cgroup'))) ?? ''
  const unified = /^0::(\/.*)$/m.exec(own)?.[1] ?? '/'
  const legacy = (controller: string) => new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(/.*)$`, 'm').exec(own)?.[1] ?? '/'
  const v2 = ancestors(unified).flatMap(path => ['cpu.max', 'cpuset.cpus.effective'].map(name => join('sys/fs/cgroup', path, name)))
  const v1 = ancestors(legacy('cpu')).flatMap(path =>
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map(name => join('sys/fs/cgroup/cpu', path, name)),
  )
  const sets = ancestors(legacy('cpuset')).map(path => join('sys/fs/cgroup/cpuset', path, 'cpuset.effective_cpus'))
  const found = await Promise.all([...v2, ...v1, ...sets].map(async path => ({ path, value: await text(join(root, path)) })))
  return joined(found)
}

/** Files that container engines leave inside, and the control group that only they make. */
export const containerMarks: Collector = async root => {
  const [docker, podman, systemd, groups] = await Promise.all(
    ['.dockerenv', 'run/.containerenv', 'run/systemd/container', 'proc/1/cgroup'].map(path => text(join(root, path))),
  )
  const marks = [docker === null ? '' : 'dockerenv', podman === null ? '' : 'containerenv', systemd ? `container=${systemd.trim()}` : '']
  const telling = (groups ?? '').split('\n').filter(line => /kubepods|docker|libpod|lxc/.test(line))
  return [...marks, ...telling].filter(mark => mark !== '').join('\n')
}

/** `/a/b` -> `/a/b`, `/a`, `/`: nearest first. */
function ancestors(path: string): string[] {
  const parts = path.split('/').filter(part => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, up) => `/${parts.slice(0, parts.length - up).join('/')}`)
}

async function lines(folder: string, patterns: readonly string[]): Promise<string> {
  const paths: string[] = []
  for await (const path of glob([...patterns], { cwd: folder })) paths.push(path)
  const found = await Promise.all(
    paths.sort().map(async path => ({ path: path.replaceAll('\\', '/'), value: await text(join(folder, path)) })),
  )
  return joined(found)
}

const joined = (found: readonly { path: string; value: string | null }[]) =>
  found
    .flatMap(({ path, value }) =>
      (value ?? '')
        .split('\n')
        .filter(line => line.trim() !== '')
        .map(line => `${path}: ${line}`),
    )
    .join('\n')

async function text(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}
