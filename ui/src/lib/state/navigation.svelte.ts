export type PageKey = "connections" | "flows" | "connectors" | "activity" | "settings";

/** Which page is shown, and what was asked of it from elsewhere (a palette, a toast, another page). */
class Navigation {
  page = $state<PageKey>("connections");
  /** The pages there are. */
  available = $state.raw<readonly PageKey[]>(["connections"]);
  /** A connection to open on the Connections page. */
  connection = $state<string | null>(null);

  /** A flow to open on the Flows page. */
  flow = $state<string | null>(null);
  /** Which connections the Connections page is to narrow itself to. */
  connectionsOf = $state.raw<{ connector: string; registration?: { id: string; name: string } } | null>(null);
  /** A connector to open on the Connectors page; empty: close the one that is open. */
  connector = $state<string | null>(null);

  /** The connection whose activity is asked for. */
  activityOf = $state<string | null>(null);

  go(page: PageKey): void {
    this.page = page;
  }

  showConnection(id: string): void {
    this.connection = id;
    this.page = "connections";
  }

  showFlow(id: string): void {
    this.flow = id;
    this.page = "flows";
  }

  /** The connections made from a connector, or those that hang on one of its registrations. */
  showConnectionsOf(connector: string, registration?: { id: string; name: string }): void {
    this.connectionsOf = registration ? { connector, registration } : { connector };
    this.page = "connections";
  }

  showConnector(id: string): void {
    this.connector = id;
    this.page = "connectors";
  }

  showActivity(connection: string): void {
    this.activityOf = connection;
    this.page = "activity";
  }
}

export const navigation = new Navigation();
