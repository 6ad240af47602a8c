/**
 * When what had the focus is gone (a deleted row, a dismissed notice), the focus falls to the document and the keyboard
 * leads nowhere. Then it goes to the table's row in the tab order, or to the page's heading row.
 */
export function focusHome(): void {
  setTimeout(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    if (document.querySelector('[role="dialog"]')) return;
    const home = document.querySelector<HTMLElement>(':is([role="grid"], [role="treegrid"]) [role="row"][tabindex="0"]');
    (home ?? document.querySelector<HTMLElement>("main button:not(:disabled)"))?.focus();
  }, 50);
}

/** Whether the focus is in what matches, and so will be lost with it. */
export function hasFocus(selector: string): boolean {
  return document.activeElement?.closest(selector) != null;
}
