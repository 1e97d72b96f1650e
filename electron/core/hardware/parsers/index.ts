import type { Parser } from '../hardware.types'
import { amdSmiJson, rocminfo, rocmSmiJson, rocmSmiTable } from './amd'
import { drmCards, kfdTopology } from './amd-kernel'
import { swVers, sysctl, systemProfilerJson, systemProfilerText, vmStat } from './apple'
import { npuSmi } from './ascend'
import { clinfo, vulkaninfo, xpuSmiJson, xpuSmiTable } from './intel'
import { lspci } from './lspci'
import { cgroupMemory, dmesgMemory, procMeminfo } from './memory'
import { nvidiaBareCsv, nvidiaCsv, nvidiaDetails, nvidiaList, nvidiaXml, tegrastats } from './nvidia-query'
import { nvidiaTable } from './nvidia-table'
import { hybridCores, lscpu, procCpuinfo } from './processor'
import { containerMarks, libc, osRelease, software, uname } from './system'
import { systeminformation } from './systeminformation'
import { windowsCim, windowsRegistry } from './windows'

/** Every format we read, the tool whose word counts most first. A text may hold several formats: each parser takes its own. */
export const parsers: readonly Parser[] = [
  nvidiaCsv,
  nvidiaBareCsv,
  nvidiaTable,
  nvidiaXml,
  nvidiaDetails,
  nvidiaList,
  amdSmiJson,
  rocmSmiJson,
  drmCards,
  rocminfo,
  kfdTopology,
  rocmSmiTable,
  xpuSmiJson,
  xpuSmiTable,
  npuSmi,
  systemProfilerJson,
  systemProfilerText,
  windowsRegistry,
  windowsCim,
  lspci,
  vulkaninfo,
  clinfo,
  swVers,
  osRelease,
  uname,
  libc,
  containerMarks,
  procCpuinfo,
  lscpu,
  hybridCores,
  sysctl,
  procMeminfo,
  tegrastats,
  vmStat,
  dmesgMemory,
  cgroupMemory,
  software,
  systeminformation,
]
