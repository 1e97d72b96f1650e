import { cpu, mem, osInfo, system } from 'systeminformation'

/**
 * What the package systeminformation is good at, as JSON text; runs in a worker thread, because some of its calls wait for
 * programs without a limit. Its graphics() is never called: it asks nvidia-smi synchronously.
 */
export async function readSystem(): Promise<string> {
  const [osFacts, cpuFacts, memFacts, systemFacts] = await Promise.all([osInfo(), cpu(), mem(), system()])
  const { platform, distro, release, kernel, arch } = osFacts
  const { manufacturer, brand, vendor, physicalCores, cores } = cpuFacts
  const { total, available } = memFacts
  const { manufacturer: maker, model, virtual } = systemFacts
  return JSON.stringify({
    osInfo: { platform, distro, release, kernel, arch },
    cpu: { manufacturer, brand, vendor, physicalCores, cores },
    mem: { total, available },
    system: { manufacturer: maker, model, virtual },
  })
}
