import X from 'lucide-react/icons/x'
import { sentence } from '../../client/failure'
import { IconButton } from '../../ui/icon-button'
import { StateWord } from '../../ui/state-word'
import { dismissNotice, useNotice } from '../shared/notice.store'

/** An action that failed and had no place of its own to say so: one line over the page until it is taken away. */
export function NoticeLine() {
  const notice = useNotice(store => store.notice)
  if (!notice) return null
  return (
    <div role="alert" className="sticky top-0 z-10 flex items-start gap-3 border-b border-line bg-bad-wash px-gut py-2">
      <p className="min-w-0 flex-1 wrap-anywhere">
        <StateWord tone="bad">{notice.headline}</StateWord>
        <span className="ml-2">{sentence(notice.report.message)}</span>
        {notice.report.suggestion !== null && <span className="ml-2 text-ink-2">{notice.report.suggestion}</span>}
      </p>
      <IconButton icon={X} label="Dismiss" size="low" onClick={dismissNotice} />
    </div>
  )
}
