/** Words that say the maker, the line of products or the shape of a part, not which one it is. */
const noise = /\b(nvidia|amd|intel|apple|geforce|radeon|instinct|tesla|quadro|generation|sxm\d?|hbm\d?e?|\d+-core gpu|\d+ ?gb|gpu)\b/g

/**
 * What two names of one device have in common: `NVIDIA RTX 4090 24GB`, `GeForce RTX 4090` and `RTX 4090` are `rtx 4090`;
 * parts of laptops stay apart, and so do cards on the bus from modules of one name.
 */
export function deviceKey(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/\([^)]*\)|[®™,]/g, ' ')
    .replace(noise, ' ')
    .replace(/\bmobile\b/g, 'laptop')
    .replace(/\s+/g, ' ')
    .trim()
  return /^\d{4}( |$)/.test(plain) ? `rtx ${plain}` : plain
}
