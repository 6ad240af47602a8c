// A certified OpenID provider on loopback, with controls for the tests under /test/.
// It prints one line of JSON with its issuer when it listens, and keeps everything in memory.
import { createServer } from "node:http";
import Provider, { errors } from "oidc-provider";

const stored = new Map();
const events = [];
/** Its own part of every answer, for measurements: milliseconds of the system's clock. */
const requests = [];
const settings = {
  accessTokenTtl: 3600,
  expiredCodes: false,
  deviceCodeTtl: 600,
  refreshTokens: true,
  fail: null, // { path, status, body, type, times }
};

class Memory {
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload, expiresIn) {
    // Handed out too late, as when a person was away from the consent page for long.
    if (this.model === "AuthorizationCode" && settings.expiredCodes) payload = { ...payload, exp: 1 };
    stored.set(this.key(id), { ...payload, storedUntil: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
  }
  async find(id) {
    const found = stored.get(this.key(id));
    return found && found.storedUntil > Date.now() ? found : undefined;
  }
  async findBy(field, value) {
    for (const [key, payload] of stored) {
      if (key.startsWith(`${this.model}:`) && payload[field] === value) return payload;
    }
    return undefined;
  }
  findByUid(uid) {
    return this.findBy("uid", uid);
  }
  findByUserCode(code) {
    return this.findBy("userCode", code);
  }
  async consume(id) {
    const found = stored.get(this.key(id));
    if (found) found.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    stored.delete(this.key(id));
  }
  async revokeByGrantId(grantId) {
    for (const [key, payload] of stored) {
      if (payload.grantId === grantId) stored.delete(key);
    }
  }
}

const ownGrants = [
  "authorization_code",
  "refresh_token",
  "client_credentials",
  "urn:ietf:params:oauth:grant-type:device_code",
];

function makeProvider(issuer) {
  const provider = new Provider(issuer, {
    adapter: Memory,
    scopes: ["openid", "offline_access", "profile", "email", "api:read", "api:write"],
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    // Answers with the same claims in the ID token as at the user info endpoint, as most providers do.
    conformIdTokenClaims: false,
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      registration: { enabled: true },
      registrationManagement: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (ctx, resource) => ({
          scope: "api:read api:write",
          audience: resource,
          accessTokenFormat: "opaque",
        }),
      },
      revocation: { enabled: true },
    },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: id[0].toUpperCase() + id.slice(1),
        preferred_username: id,
        email: `${id}@example.test`,
        email_verified: true,
      }),
    }),
    issueRefreshToken: (ctx, client) => settings.refreshTokens && client.grantTypeAllowed("refresh_token"),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: () => settings.accessTokenTtl,
      AuthorizationCode: () => 60,
      ClientCredentials: () => settings.accessTokenTtl,
      DeviceCode: () => settings.deviceCodeTtl,
      Grant: () => 86400,
      IdToken: () => 3600,
      Interaction: () => 3600,
      RefreshToken: () => 86400,
      Session: () => 86400,
    },
  });
  for (const name of [
    "access_token.saved",
    "authorization.error",
    "authorization.success",
    "grant.error",
    "grant.revoked",
    "grant.success",
    "refresh_token.consumed",
    "registration_create.success",
    "revocation.error",
  ]) {
    provider.on(name, (...args) => {
      const error = args.find((arg) => arg instanceof errors.OIDCProviderError);
      const params = args.find((arg) => arg?.oidc)?.oidc?.params ?? {};
      events.push({
        name,
        error: error?.error,
        detail: error?.error_description ?? error?.error_detail,
        grant_type: params.grant_type,
        client_id: params.client_id,
        scope: params.scope,
        prompt: params.prompt,
      });
    });
  }
  return provider;
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text ? JSON.parse(text) : {};
}

const controls = {
  "POST /test/clients": async (body, provider) => {
    const client = {
      grant_types: ownGrants.slice(0, 2),
      response_types: ["code"],
      ...body,
    };
    await new Memory("Client").upsert(client.client_id, client);
    // Reading it back is what tells a bad client from a good one.
    const found = await provider.Client.find(client.client_id);
    return { client_id: found.clientId };
  },
  "POST /test/settings": async (body) => Object.assign(settings, body),
  "GET /test/events": async () => events,
  "GET /test/requests": async () => requests,
  "GET /test/stored": async () =>
    [...stored].map(([key, payload]) => ({
      kind: key.slice(0, key.indexOf(":")),
      id: key.slice(key.indexOf(":") + 1),
      account: payload.accountId,
      client: payload.clientId,
      scope: payload.scope,
      audience: payload.aud,
      consumed: Boolean(payload.consumed),
      live: payload.storedUntil > Date.now(),
    })),
  // What a provider does by itself after an hour.
  "POST /test/expire-access-tokens": async () => {
    let count = 0;
    for (const [key, payload] of stored) {
      if (key.startsWith("AccessToken:")) {
        payload.exp = 1;
        payload.storedUntil = 0;
        count += 1;
      }
    }
    return { count };
  },
  // What an administrator does when somebody leaves.
  "POST /test/revoke-everything": async () => {
    for (const key of [...stored.keys()]) {
      if (/^(AccessToken|RefreshToken|Grant|Session):/.test(key)) stored.delete(key);
    }
    return {};
  },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = makeProvider(issuer);
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    const path = request.url.split("?")[0];
    const control = controls[`${request.method} ${path}`];
    if (control) {
      try {
        const result = await control(await bodyOf(request), provider);
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(result));
      } catch (error) {
        response.statusCode = 500;
        response.end(JSON.stringify({ error: String(error.error_description ?? error) }));
      }
      return;
    }
    const began = performance.timeOrigin + performance.now();
    response.once("finish", () => requests.push({ path, began, ended: performance.timeOrigin + performance.now() }));
    if (settings.fail && settings.fail.path === path && settings.fail.times !== 0) {
      settings.fail.times -= 1;
      response.statusCode = settings.fail.status;
      response.setHeader("content-type", settings.fail.type ?? "application/json");
      response.end(settings.fail.body ?? "");
      return;
    }
    answer(request, response);
  });
  console.log(JSON.stringify({ issuer }));
});
