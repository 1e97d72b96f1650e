/** A device's name without its maker and trademark noise: `NVIDIA GeForce RTX 4090` is `RTX 4090`. */
export function shortName(name: string): string {
  const short = name
    .replace(/\((R|TM|C)\)|[®™]/gi, '')
    .replace(/^(NVIDIA|AMD|Intel|Advanced Micro Devices,? Inc\.?|Corporation)\s+/i, '')
    .replace(/^(GeForce|Core|Radeon(?= (RX|Pro|Instinct|AI)))\s+/i, '')
    .replace(/\s+(CPU\s*)?@.*$/, '')
    .replace(/\s+(\d+-Core Processor|Processor|CPU)$/i, '')
    .replace(/\s+/g, ' ')
    .trim()
  return short === '' ? name : short
}
