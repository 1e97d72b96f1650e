import type { Platform } from './hardware.types'
import {
  accelFiles,
  cdiFiles,
  cgroupCpuFiles,
  cgroupFiles,
  containerMarks,
  dmiMemory,
  drmFiles,
  hybridFiles,
  kfdFiles,
  numaFiles,
  toolkitFiles,
  type Collector,
} from './sysfs'

type Common = {
  /** Short name, shown beside its outcome. */
  id: string
  /** File it is recorded in (INTERFACES: named after the tool). */
  fileName: string
  platforms: readonly Platform[]
  timeoutMs: number
  /** Asked again while somebody watches free memory; `only` = asked then alone. */
  live?: 'also' | 'only'
  /** The probe whose poorer form this is: not asked again where that one answers. */
  standsInFor?: string
}

/** How one thing is asked: a tool run in a child, a file read, a collection of small files of the kernel, a worker's task, or the disk. */
export type Probe = Common &
  (
    | { kind: 'tool'; file: string; args: readonly string[] }
    | { kind: 'file'; path: string }
    | { kind: 'files'; shown: string; collect: Collector }
    | { kind: 'task'; task: string }
    | { kind: 'disk' }
  )

const linux: readonly Platform[] = ['linux']
const darwin: readonly Platform[] = ['darwin']
const win32: readonly Platform[] = ['win32']
const nvidiaHas: readonly Platform[] = ['linux', 'win32']
const everywhere: readonly Platform[] = ['linux', 'darwin', 'win32']

/** A healthy nvidia-smi answers in 30 to 900 ms, longer with many cards without persistence; a hung one never. */
const gpuToolMs = 5000
const quickMs = 2500

/** Fields of `nvidia-smi --help-query-gpu`; the header line of the answer names them, so their order is free. */
const nvidiaFields =
  'index,name,pci.bus_id,memory.total,memory.used,memory.free,driver_version,compute_cap,mig.mode.current,power.limit,power.max_limit,display_active,pci.device_id,pcie.link.gen.current,pcie.link.gen.max,pcie.link.width.current,pcie.link.width.max'
/** Without the newest fields, for drivers older than 510 that reject the whole question for one unknown name. */
const nvidiaOldFields = 'index,name,pci.bus_id,memory.total,memory.used,memory.free,driver_version'

/** The display class of Windows' registry (https://learn.microsoft.com/windows-hardware/drivers/install/system-defined-device-setup-classes-available-to-vendors). */
const displayClass = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0*'

/** One PowerShell for all classes: starting it is what costs. */
const cimScript = [
  '$ErrorActionPreference="SilentlyContinue"',
  '[Console]::OutputEncoding=[Text.Encoding]::UTF8',
  '@{',
  'Win32_Processor=@(Get-CimInstance Win32_Processor|Select-Object Name,Manufacturer,NumberOfCores,NumberOfLogicalProcessors,Architecture);',
  'Win32_OperatingSystem=@(Get-CimInstance Win32_OperatingSystem|Select-Object Caption,Version,TotalVisibleMemorySize,FreePhysicalMemory);',
  'Win32_PhysicalMemory=@(Get-CimInstance Win32_PhysicalMemory|Select-Object Capacity,Speed,ConfiguredClockSpeed,SMBIOSMemoryType,DataWidth,BankLabel,DeviceLocator);',
  `Accelerators=@(Get-CimInstance Win32_PnPEntity -Filter "PNPClass='ComputeAccelerator'"|Select-Object Name);`,
  'Win32_VideoController=@(Get-CimInstance Win32_VideoController|Select-Object Name,AdapterCompatibility,AdapterRAM,DriverVersion,PNPDeviceID);',
  `Registry=@(Get-ItemProperty '${displayClass}'|Select-Object DriverDesc,'HardwareInformation.qwMemorySize')`,
  '}|ConvertTo-Json -Depth 4 -Compress',
].join('\n')

const memoryScript =
  '@{Win32_OperatingSystem=@(Get-CimInstance Win32_OperatingSystem|Select-Object TotalVisibleMemorySize,FreePhysicalMemory)}|ConvertTo-Json -Depth 4 -Compress'
const powershell = (script: string) => ({ file: 'powershell', args: ['-NoProfile', '-NonInteractive', '-Command', script] })

const tool = (id: string, command: string, rest: Omit<Common, 'id'>): Probe => {
  const [file = '', ...args] = command.split(' ')
  return { kind: 'tool', id, file, args, ...rest }
}

const file = (id: string, path: string, rest: Omit<Common, 'id' | 'platforms' | 'timeoutMs'>): Probe => ({
  kind: 'file',
  id,
  path,
  platforms: linux,
  timeoutMs: 1000,
  ...rest,
})

const files = (id: string, shown: string, rest: { collect: Collector; fileName: string }): Probe => ({
  kind: 'files',
  id,
  shown,
  platforms: linux,
  timeoutMs: 1000,
  ...rest,
})

/** Everything that is asked to know a machine. A tool that is not there costs a look into PATH and is an answer. */
export const probes: readonly Probe[] = [
  tool('nvidia-smi', 'nvidia-smi', { fileName: 'nvidia-smi.txt', platforms: nvidiaHas, timeoutMs: gpuToolMs }),
  tool('nvidia-smi-query-gpu', `nvidia-smi --query-gpu=${nvidiaFields} --format=csv`, {
    fileName: 'nvidia-smi-query-gpu.csv',
    platforms: nvidiaHas,
    timeoutMs: gpuToolMs,
    live: 'also',
  }),
  tool('nvidia-smi-query-gpu-old', `nvidia-smi --query-gpu=${nvidiaOldFields} --format=csv`, {
    fileName: 'nvidia-smi-query-gpu-old.csv',
    platforms: nvidiaHas,
    timeoutMs: gpuToolMs,
    live: 'also',
    standsInFor: 'nvidia-smi-query-gpu',
  }),
  tool('nvidia-smi-q-x', 'nvidia-smi -q -x', { fileName: 'nvidia-smi-q-x.xml', platforms: nvidiaHas, timeoutMs: gpuToolMs }),
  tool('nvidia-smi-L', 'nvidia-smi -L', { fileName: 'nvidia-smi-L.txt', platforms: nvidiaHas, timeoutMs: gpuToolMs }),
  tool('nvidia-smi-topo', 'nvidia-smi topo -m', { fileName: 'nvidia-smi-topo-m.txt', platforms: linux, timeoutMs: gpuToolMs }),
  file('nvidia-driver', '/proc/driver/nvidia/version', { fileName: 'nvidia-driver-version.txt' }),
  file('board', '/proc/device-tree/model', { fileName: 'proc-device-tree-model.txt' }),
  file('board-chip', '/proc/device-tree/compatible', { fileName: 'proc-device-tree-compatible.txt' }),
  file('tegra-release', '/etc/nv_tegra_release', { fileName: 'nv_tegra_release.txt' }),
  tool('rocm-smi', 'rocm-smi --showproductname --showmeminfo vram --showbus --showdriverversion --json', {
    fileName: 'rocm-smi.json',
    platforms: linux,
    timeoutMs: gpuToolMs,
  }),
  tool('amd-smi-static', 'amd-smi static --json', { fileName: 'amd-smi-static.json', platforms: linux, timeoutMs: gpuToolMs }),
  tool('rocminfo', 'rocminfo', { fileName: 'rocminfo.txt', platforms: linux, timeoutMs: gpuToolMs }),
  {
    kind: 'files',
    id: 'sysfs-drm',
    shown: '/sys/class/drm/card*/device',
    collect: drmFiles,
    fileName: 'sysfs-drm.txt',
    platforms: linux,
    timeoutMs: 1500,
    live: 'also',
  },
  {
    kind: 'files',
    id: 'sysfs-kfd',
    shown: '/sys/class/kfd/kfd/topology/nodes',
    collect: kfdFiles,
    fileName: 'sysfs-kfd.txt',
    platforms: linux,
    timeoutMs: 1500,
  },
  tool('xpu-smi', 'xpu-smi discovery -j', { fileName: 'xpu-smi-discovery.json', platforms: nvidiaHas, timeoutMs: gpuToolMs }),
  tool('npu-smi', 'npu-smi info', { fileName: 'npu-smi-info.txt', platforms: linux, timeoutMs: gpuToolMs, live: 'also' }),
  tool('vulkaninfo', 'vulkaninfo --summary', { fileName: 'vulkaninfo-summary.txt', platforms: nvidiaHas, timeoutMs: gpuToolMs }),
  tool('clinfo', 'clinfo -l', { fileName: 'clinfo-l.txt', platforms: linux, timeoutMs: gpuToolMs }),
  tool('lspci', 'lspci -v -nn', { fileName: 'lspci-v.txt', platforms: linux, timeoutMs: quickMs }),
  file('huge-pages', '/sys/kernel/mm/transparent_hugepage/enabled', { fileName: 'transparent-hugepage-enabled.txt' }),
  files('cgroup-cpu', '/sys/fs/cgroup CPU limits', { collect: cgroupCpuFiles, fileName: 'cgroup-cpu.txt' }),
  files('numa', '/sys/devices/system/node/online', { collect: numaFiles, fileName: 'numa-nodes.txt' }),
  files('accel', '/sys/class/accel', { collect: accelFiles, fileName: 'accel.txt' }),
  files('toolkits', 'version files of ROCm, CANN and Level Zero', { collect: toolkitFiles, fileName: 'toolkits.txt' }),
  files('cdi', '/etc/cdi, /var/run/cdi', { collect: cdiFiles, fileName: 'container-cdi.txt' }),
  tool('nvcc', 'nvcc --version', { fileName: 'nvcc-version.txt', platforms: nvidiaHas, timeoutMs: quickMs }),
  tool('dmidecode', 'dmidecode -t memory', { fileName: 'dmidecode-t-memory.txt', platforms: linux, timeoutMs: quickMs }),
  files('dmi', '/sys/firmware/dmi/tables/DMI', { collect: dmiMemory, fileName: 'dmi-memory.txt' }),
  tool('lscpu', 'lscpu', { fileName: 'lscpu.txt', platforms: linux, timeoutMs: quickMs }),
  file('cpuinfo', '/proc/cpuinfo', { fileName: 'proc-cpuinfo.txt' }),
  file('meminfo', '/proc/meminfo', { fileName: 'proc-meminfo.txt', live: 'also' }),
  file('proc-version', '/proc/version', { fileName: 'proc-version.txt' }),
  file('os-release', '/etc/os-release', { fileName: 'os-release.txt' }),
  {
    kind: 'files',
    id: 'hybrid-cores',
    shown: '/sys/devices/cpu_{core,atom}',
    collect: hybridFiles,
    fileName: 'sys-cpu-types.txt',
    platforms: linux,
    timeoutMs: 1000,
  },
  {
    kind: 'files',
    id: 'cgroup',
    shown: '/sys/fs/cgroup memory limits',
    collect: cgroupFiles,
    fileName: 'cgroup-memory.txt',
    platforms: linux,
    timeoutMs: 1000,
    live: 'also',
  },
  {
    kind: 'files',
    id: 'container',
    shown: 'marks of a container',
    collect: containerMarks,
    fileName: 'container-marks.txt',
    platforms: linux,
    timeoutMs: 1000,
  },
  tool('uname', 'uname -srvmo', { fileName: 'uname.txt', platforms: linux, timeoutMs: quickMs }),
  tool('uname', 'uname -srvm', { fileName: 'uname.txt', platforms: darwin, timeoutMs: quickMs }),
  tool('ldd', 'ldd --version', { fileName: 'ldd-version.txt', platforms: linux, timeoutMs: quickMs }),
  tool('sw_vers', 'sw_vers', { fileName: 'sw_vers.txt', platforms: darwin, timeoutMs: quickMs }),
  tool('sysctl', 'sysctl hw machdep.cpu iogpu', { fileName: 'sysctl.txt', platforms: darwin, timeoutMs: quickMs }),
  tool('system_profiler', 'system_profiler SPDisplaysDataType SPHardwareDataType -json', {
    fileName: 'system_profiler.json',
    platforms: darwin,
    timeoutMs: 8000,
  }),
  tool('vm_stat', 'vm_stat', { fileName: 'vm_stat.txt', platforms: darwin, timeoutMs: quickMs, live: 'also' }),
  { kind: 'tool', id: 'windows-cim', ...powershell(cimScript), fileName: 'windows-cim.json', platforms: win32, timeoutMs: 8000 },
  {
    kind: 'tool',
    id: 'windows-memory',
    ...powershell(memoryScript),
    fileName: 'windows-memory.json',
    platforms: win32,
    timeoutMs: 8000,
    live: 'only',
  },
  tool('docker', 'docker --version', { fileName: 'docker-version.txt', platforms: everywhere, timeoutMs: quickMs }),
  {
    kind: 'tool',
    id: 'docker-info',
    file: 'docker',
    args: ['info', '--format', 'docker-runtimes: {{range $name, $runtime := .Runtimes}}{{$name}} {{end}}'],
    fileName: 'docker-info.txt',
    platforms: linux,
    timeoutMs: 1200,
  },
  { kind: 'disk', id: 'disk', fileName: 'models-disk.json', platforms: everywhere, timeoutMs: 1000 },
  tool('podman', 'podman --version', { fileName: 'podman-version.txt', platforms: everywhere, timeoutMs: quickMs }),
  tool('python', 'python3 --version', { fileName: 'python-version.txt', platforms: ['linux', 'darwin'], timeoutMs: quickMs }),
  tool('python', 'python --version', { fileName: 'python-version.txt', platforms: win32, timeoutMs: quickMs }),
  tool('uv', 'uv --version', { fileName: 'uv-version.txt', platforms: everywhere, timeoutMs: quickMs }),
  {
    kind: 'task',
    id: 'systeminformation',
    task: 'hardware.system',
    fileName: 'systeminformation.json',
    platforms: everywhere,
    timeoutMs: 4000,
  },
]
