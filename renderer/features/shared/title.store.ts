import { useEffect } from 'react'
import { create } from 'zustand'

/** What the bar says instead of the place's own words; null leaves those. */
export const useBarTitle = create<{ title: string | null; about: string | null }>(() => ({ title: null, about: null }))

/** A view inside a place names itself in the bar while it is mounted. */
export function useTitle(title: string, about: string | null): void {
  useEffect(() => {
    useBarTitle.setState({ title, about })
    return () => useBarTitle.setState({ title: null, about: null })
  }, [title, about])
}
