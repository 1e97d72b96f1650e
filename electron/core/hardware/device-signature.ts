import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A short text that differs when a graphics card is plugged in or out or a driver is exchanged under Linux: names of the
 * kernel's cards, of its accelerators, and the version of the NVIDIA module. Costs a few small reads and wakes no device.
 */
export async function deviceSignature(root = '/'): Promise<string> {
  const [cards, accelerators, driver] = await Promise.all([
    names(join(root, 'sys/class/drm')),
    names(join(root, 'sys/class/accel')),
    readFile(join(root, 'sys/module/nvidia/version'), 'utf8').catch(() => ''),
  ])
  // Connectors (card0-HDMI-A-1) come and go with monitors.
  return [...cards.filter(name => /^card\d+$/.test(name)), ...accelerators, driver.trim()].join(' ')
}

const names = (folder: string) => readdir(folder).catch(() => [])
