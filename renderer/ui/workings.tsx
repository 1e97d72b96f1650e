/** A line in bold and how it was reckoned. */
export function Workings({ head, lines }: { head: string; lines: readonly string[] }) {
  return (
    <>
      <b>{head}</b>
      {lines.map(line => (
        <span key={line} className="mt-1 block">
          {line}
        </span>
      ))}
    </>
  )
}
