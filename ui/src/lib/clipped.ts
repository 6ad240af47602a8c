/** What says itself what it is; a tooltip made from what it shows would hide that. */
const named = "[title], button, a, input, textarea, [role='menu'], [role='listbox']";

/**
 * Shows the whole of a text that is cut short when the pointer rests on it, wherever that is: an element whose text ends
 * in an ellipsis gets its text as its title for as long as it doesn't fit.
 */
export function showClipped(event: PointerEvent): void {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return;
  const cut = target.closest<HTMLElement>("[data-whole]") ?? (isCut(target) ? target : null);
  if (!cut) return;
  if (!isCut(cut)) {
    cut.removeAttribute("title");
    cut.removeAttribute("data-whole");
  } else if (cut.dataset.whole !== undefined || !cut.closest(named)) {
    cut.dataset.whole = "";
    cut.title = cut.textContent?.trim() ?? "";
  }
}

function isCut(element: HTMLElement): boolean {
  const { textOverflow, webkitLineClamp } = getComputedStyle(element);
  if (textOverflow === "ellipsis") return element.scrollWidth > element.clientWidth;
  return webkitLineClamp !== "none" && webkitLineClamp !== "" && element.scrollHeight > element.clientHeight;
}
