import { happened, outcomes } from "./detail";

export const activity = {
  title: "Activity",
  table: "Activity",
  columns: { at: "When", action: "What", connection: "Connection", outcome: "Outcome", detail: "Detail" },
  filters: {
    label: "Filters",
    all: "All",
    connection: "Connection",
    oneConnection: (name: string) => `Connection: ${name}`,
    clear: "Clear filters",
  },
  empty: { title: "Nothing has happened yet", body: "Every sign-in, test, change and deletion is listed here, without secrets." },
  emptyByFilter: { title: "Nothing matches these filters" },
  failed: "The activity could not be read",
  gone: "Deleted connection",
  openConnection: (name: string) => `Open ${name}`,
  happened,
  outcomes,
};
