/** ROCm targets of GPUs inside a processor (https://rocm.docs.amd.com, table of GPU architectures; LLVM AMDGPU usage). */
const integratedTargets = /^gfx(90c|902|909|1013|1033|1035|1036|1037|1103|1150|1151|1152|1153)$/

/** Code names of AMD's graphics inside processors, as https://pci-ids.ucw.cz lists them. */
const codeNames =
  /\b(Raven|Picasso|Renoir|Lucienne|Cezanne|Barcelo|Rembrandt|Mendocino|VanGogh|Raphael|Granite Ridge|Phoenix ?\d?|Hawk ?Point ?\d?|Strix( Halo)?|Krackan|Gorgon|Dragon Range|Kaveri|Carrizo|Stoney|Bristol Ridge|Wani|Kabini|Mullins|Beema|Radeon(?:\(TM\))? \d{3,4}[MS]\b|Radeon(?:\(TM\))?( RX)? (?:Vega \d{1,2}|R[2-9]) Graphics\b)/i

/** PCI numbers of the same (https://pci-ids.ucw.cz, vendor 1002), for tools that give no name. */
const deviceNumbers = new Set([
  ...['15d8', '15dd', '1506', '1636', '1638', '163f', '164c', '164d', '164e', '164f', '1681', '13c0', '13e9', '15bf', '15c8', '15e7'],
  ...['1435', '1586', '150e', '1114', '1900', '1901', '1902', '1304', '1309', '130a', '130f', '1313', '9874', '98e4'],
])

export const isIntegratedTarget = (target: string | null | undefined) => (target ? integratedTargets.test(target) : null)

/** Whether the words or the number are of graphics inside a processor; null where neither tells. */
export function isIntegratedAmd({ name, pciId }: { name?: string | null | undefined; pciId?: string | null | undefined }): boolean | null {
  if (pciId?.startsWith('1002:') && deviceNumbers.has(pciId.slice(5))) return true
  if (!name || /^0x|\bDevice\b/.test(name)) return null
  // `Radeon Graphics` alone is what ROCm calls every GPU that it has no name for.
  return codeNames.test(name)
}
