import { hostname } from 'node:os'

/** Lines that carry numbers of one piece of hardware: `Serial Number : 123`, `<serial>123</serial>`, `"asic_serial": "0x1"`. */
const numbered =
  /((?:serial(?:_number| number)?|asic_serial|provisioning_udid|unique[ _]id|board_id|platform_uuid|hardware uuid)(?:[^:<>="\n]*)"?[ \t]*[:=>][ \t]*"?)([^"<\n,}]+)/gi
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
/** Names of containers and their control groups. */
const containerId = /\b[0-9a-f]{32,64}\b/gi
/** Of a PCI device, which `lspci -v` tells without a colon (PCI Express Base Specification, Device Serial Number: 64 bits). */
const pciSerial = /\b(?:[0-9a-f]{2}-){7}[0-9a-f]{2}\b/gi
const macAddress = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi

/** The text without what would tell this machine from another of its kind: serial numbers, UUIDs, MAC addresses, its name. */
export function withoutIdentity(text: string, machineName = hostname()): string {
  const name = machineName.split('.')[0] ?? ''
  const plain = text
    .replace(uuid, '00000000-0000-0000-0000-000000000000')
    .replace(containerId, '0'.repeat(32))
    .replace(pciSerial, '00-00-00-00-00-00-00-00')
    .replace(macAddress, '00:00:00:00:00:00')
    .replace(numbered, (_whole, label: string) => `${label}0`)
  // A name of one or two letters is also a word.
  return name.length < 4 ? plain : plain.replaceAll(new RegExp(`(?<![\\w-])${name.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g'), 'host')
}
