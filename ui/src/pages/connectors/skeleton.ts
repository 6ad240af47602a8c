/** A sound definition to start from. */
export const skeleton = `name = "My service"
category = "custom"
quality = "unconfirmed"

[docs]
api = "https://docs.example.com"

[[auth]]
id = "api_key"
label = "API key"
kind = "api_key"
placement = [{ to = "header", name = "X-Api-Key", value = "{api_key}" }]

[[auth.fields]]
key = "api_key"
label = "API key"
kind = "secret"

[test]
url = "https://api.example.com/me"
account_id = "/id"
`;
