import type { Parser } from '../hardware.types'
import { cnmon, hlSmi, hySmi, mthreadsGmi, npuDevices, otherSmi } from './accelerators'
import { rocmSmiJson } from './amd'
import { drmCards, kfdTopology } from './amd-kernel'
import { amdSmiJson, amdSmiMonitor, amdSmiTable, amdSmiText } from './amd-smi'
import { rocmSmiCsv, rocmSmiHardware, rocmSmiLines, rocmSmiTable } from './amd-text'
import { swVers, sysctl, systemProfilerJson, vmStat } from './apple'
import { systemProfilerText } from './apple-text'
import { npuSmi } from './ascend'
import { cgroupCpu } from './cgroup-cpu'
import { clinfo, vulkaninfo } from './intel'
import { clinfoFull, fetchTools, freeTable, hostnamectl, lact, lshw, lspciMachine } from './inventory'
import { syclLs } from './level-zero'
import { lscpu } from './lscpu'
import { lspci } from './lspci'
import { cgroupMemory, dmesgMemory, procMeminfo } from './memory'
import { dmidecodeMemory, dmiTable, measuredBandwidth } from './memory-modules'
import { nvidiaBareCsv, nvidiaCsv } from './nvidia-csv'
import { nvidiaDetails, nvidiaXml } from './nvidia-details'
import { jetsonModel, nvidiaLinks, nvidiaList, nvidiaTopology, nvidiaVersion, tegrastats } from './nvidia-other'
import { nvidiaTable } from './nvidia-table'
import { hybridCores, numaNodes, procCpuinfo } from './processor'
import { rocminfo, rocminfoHost } from './rocminfo'
import { containerGpu, disk, diskSpeed, software, toolkits } from './software'
import { containerMarks, deviceTree, hugePages, libc, osRelease, uname } from './system'
import { systeminformation } from './systeminformation'
import { windowsCim } from './windows'
import { windowsRegistry } from './windows-registry'
import { computerInfo, dxdiag, systeminfo } from './windows-text'
import { xpuSmiJson, xpuSmiSummary, xpuSmiTable } from './xpu-smi'

/** Every format we read, the tool whose word counts most first. A text may hold several formats: each parser takes its own. */
export const parsers: readonly Parser[] = [
  ...[nvidiaCsv, nvidiaBareCsv, nvidiaTable, nvidiaXml, nvidiaDetails, nvidiaList, nvidiaTopology, nvidiaLinks, nvidiaVersion],
  ...[
    amdSmiJson,
    amdSmiText,
    amdSmiTable,
    rocmSmiJson,
    rocmSmiCsv,
    rocmSmiLines,
    rocmSmiHardware,
    drmCards,
    rocminfo,
    kfdTopology,
    rocmSmiTable,
    amdSmiMonitor,
  ],
  ...[xpuSmiJson, xpuSmiTable, xpuSmiSummary, syclLs, npuSmi, cnmon, hlSmi, mthreadsGmi, otherSmi, hySmi, npuDevices],
  ...[systemProfilerJson, systemProfilerText, windowsRegistry, windowsCim, dxdiag, systeminfo, computerInfo],
  ...[jetsonModel, lspci, lspciMachine, lact, vulkaninfo, lshw, clinfoFull, clinfo],
  ...[swVers, osRelease, hostnamectl, uname, libc, containerMarks, hugePages],
  ...[procCpuinfo, lscpu, cgroupCpu, deviceTree, numaNodes, hybridCores, sysctl],
  ...[dmidecodeMemory, dmiTable, measuredBandwidth, procMeminfo, freeTable, tegrastats, vmStat, dmesgMemory, cgroupMemory, rocminfoHost],
  ...[software, toolkits, containerGpu, disk, diskSpeed, systeminformation, fetchTools],
]
