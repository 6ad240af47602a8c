/** Sizes of text to choose from, in percent of the usual one. */
const steps = [80, 90, 100, 110, 125, 150, 175, 200];
const key = "text-size";

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;
type Root = { style: { fontSize: string } };

/** How large the console is: all its sizes follow that of the root's text. Kept on this machine. */
export class TextSize {
  percent = $state(100);
  #kept: Kept | undefined;
  #root: Root | undefined;

  /** Takes up the size chosen before; anything else that is kept there counts as none. */
  start(kept: Kept | undefined, root: Root): void {
    this.#kept = kept;
    this.#root = root;
    const before = Number(kept?.getItem(key));
    if (steps.includes(before)) this.#set(before);
  }

  larger(): void {
    this.#set(steps.find((step) => step > this.percent) ?? this.percent);
  }

  smaller(): void {
    this.#set(steps.findLast((step) => step < this.percent) ?? this.percent);
  }

  usual(): void {
    this.#set(100);
  }

  #set(percent: number): void {
    this.percent = percent;
    if (this.#root) this.#root.style.fontSize = percent === 100 ? "" : `${percent}%`;
    if (percent === 100) this.#kept?.removeItem(key);
    else this.#kept?.setItem(key, String(percent));
  }
}

export const textSize = new TextSize();
