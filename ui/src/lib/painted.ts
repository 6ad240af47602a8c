/** Marks in the page's own timeline that what was just drawn is on the screen: after the frame that shows it. */
export function markPainted(): void {
  requestAnimationFrame(() => setTimeout(() => performance.mark("painted")));
}
