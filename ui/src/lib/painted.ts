let tell: () => void;
const shown = new Promise<void>((done) => (tell = done));

/** Marks in the page's own timeline that what was just drawn is on the screen: after the frame that shows it. */
export function markPainted(): void {
  requestAnimationFrame(() =>
    setTimeout(() => {
      performance.mark("painted");
      tell();
    }),
  );
}

/** When what the first rows don't need may be fetched: they are on the screen, or there are none to wait for. */
export function afterFirstRows(): Promise<void> {
  return Promise.race([shown, new Promise<void>((done) => setTimeout(done, 1000))]);
}
