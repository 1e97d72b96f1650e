import Plus from 'lucide-react/icons/plus'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { useCommands, type Command } from '../shared/commands'
import { CompareIcon } from './compare-icon'
import { useComparisons } from './comparisons.store'
import { draftId } from './compare.store'

/** So many earlier comparisons stand in the palette. */
const mostListed = 12

/** Offers a new comparison and the earlier ones, wherever the person is. */
export function useCompareCommands(): void {
  const [, navigate] = useLocation()
  const list = useComparisons(store => store.list)
  const commands = useMemo(
    (): Command[] => [
      { id: 'compare.new', title: 'New comparison', group: 'Compare', icon: Plus, run: () => navigate(`/compare/${draftId}`) },
      ...(list ?? []).slice(0, mostListed).map((each): Command => ({
        id: `compare.${each.id}`,
        title: each.title === '' ? 'Untitled' : each.title,
        group: 'Compare',
        icon: CompareIcon,
        keywords: ['comparison', 'open'],
        run: () => navigate(`/compare/${each.id}`),
      })),
    ],
    [list, navigate],
  )
  useCommands('compare', commands)
}
