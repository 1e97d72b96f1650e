/** Home: the machine, the need, the decision. */
export function HomePlace() {
  return <div className="px-gut py-5" />
}
