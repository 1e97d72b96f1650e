import Check from 'lucide-react/icons/check'
import Copy from 'lucide-react/icons/copy'
import { useEffect, useState } from 'react'
import { Button, type ButtonLook } from './button'
import { copyText } from './copy-text'

interface Props extends ButtonLook {
  text: string | (() => Promise<string>)
  label?: string
  className?: string
}

/** Copies a text and says so in its own words for two seconds. */
export function CopyButton({ text, label = 'Copy', tone = 'quiet', size = 'low', className }: Props) {
  const [said, setSaid] = useState<string | null>(null)
  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => setSaid(null), 2_000)
    return () => clearTimeout(timer)
  }, [said])

  async function copy() {
    try {
      await copyText(typeof text === 'string' ? text : await text())
      setSaid('Copied')
    } catch {
      setSaid('Could not copy')
    }
  }
  return (
    <Button tone={tone} size={size} icon={said === 'Copied' ? Check : Copy} className={className} onClick={() => void copy()}>
      <span aria-live="polite">{said ?? label}</span>
    </Button>
  )
}
