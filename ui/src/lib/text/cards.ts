import { count, names } from "./plural";

/** Cards of flows and the scopes they need. */
export const cards = {
  neededBy: (titles: readonly string[]) => `Needed by ${names(titles)}`,
  stop: (titles: readonly string[]) => `Without it ${names(titles)} ${titles.length === 1 ? "stops" : "stop"} working`,
  listOf: (scope: string) => `Cards that need ${scope}`,
  or: (others: readonly string[]) => `or ${others.join(" or ")}`,
  orWord: "or",
  stopping: (n: number) => `${count(n, "card")} ${n === 1 ? "stops" : "stop"} working, in whichever flow:`,
  stoppingBound: (n: number) => `${count(n, "card")} of your flows ${n === 1 ? "stops" : "stop"} working:`,
  more: (n: number) => `and ${n.toLocaleString("en")} more`,
  lackingBound: (n: number) => `${count(n, "card")} of your flows ${n === 1 ? "lacks" : "lack"} scopes`,
  uncovered: (n: number) => `${count(n, "card")} ${n === 1 ? "doesn't" : "don't"} work with these scopes`,
  allCovered: "Every card whose scopes are known works with these scopes.",
  find: "Find a card",
  list: "Cards",
  known: (n: number) => `${count(n, "card")} whose scopes are known`,
  found: (shown: number, all: number) => (shown === all ? count(all, "card") : `${shown} of ${count(all, "card")}`),
  nothing: (typed: string) => `No card matches “${typed}”.`,
  help: "What each card needs, from the documents of the system that the flows come from. Other cards may need scopes too.",
};
