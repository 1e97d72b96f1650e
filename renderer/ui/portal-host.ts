/** Where menus and tooltips are put: into the open dialog, else into the page, so that they lie inside a landmark. */
export function portalHost(): HTMLElement {
  return document.querySelector<HTMLElement>('[role="dialog"][data-state="open"]') ?? document.getElementById('main') ?? document.body
}
