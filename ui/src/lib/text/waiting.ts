export const waiting = {
  renewed: (name: string) => `${name} was reauthorized.`,
  failed: (name: string) => `Signing in to ${name} failed.`,
  question: (name: string) => `Another account signed in to ${name}.`,
  look: "Look",
  connected: (name: string) => `${name} is connected.`,
  connectedAs: (name: string, account: string) => `${name} is connected as ${account}.`,
};
