export type PageKey = "connections" | "flows" | "connectors" | "activity" | "settings";

/** Which page is shown, and what was asked of it from elsewhere (a palette, a toast, another page). */
class Navigation {
  page = $state<PageKey>("connections");
  /** A connection to open on the Connections page. */
  connection = $state<string | null>(null);

  go(page: PageKey): void {
    this.page = page;
  }

  showConnection(id: string): void {
    this.connection = id;
    this.page = "connections";
  }
}

export const navigation = new Navigation();
