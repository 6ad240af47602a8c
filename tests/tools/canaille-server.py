"""Canaille with one user and one client, all in this process's memory. Usage: canaille-server.py PORT REDIRECT_URI"""

import datetime
import sys

from canaille import create_app
from joserfc.jwk import RSAKey

port = int(sys.argv[1])
key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
app = create_app(
    config={
        "SECRET_KEY": "only for these tests",
        "SERVER_NAME": f"127.0.0.1:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory"},
        "CANAILLE_OIDC": {
            "DYNAMIC_CLIENT_REGISTRATION_OPEN": True,
            "ACTIVE_JWKS": [key.as_dict(private=True)],
        },
    }
)
with app.app_context():
    from canaille.app import models
    from canaille.backends import Backend

    Backend.instance.save(
        models.User(
            user_name="alice",
            formatted_name="Alice Example",
            given_name="Alice",
            family_name="Example",
            emails=["alice@example.test"],
            password="correct horse battery",
        )
    )
    # Its registration endpoint takes no private-use scheme without an authority, its administrators' page does.
    client = models.Client(
        client_id="patchbay-tests",
        client_secret="canaille-client-secret",
        client_id_issued_at=datetime.datetime.now(datetime.timezone.utc),
        client_name="Patchbay tests",
        redirect_uris=[sys.argv[2]],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope=["openid", "profile", "email"],
        token_endpoint_auth_method="client_secret_basic",
        application_type="native",
    )
    Backend.instance.save(client)
    # Only a saved client can be named in its own audience, which its ID tokens carry.
    client.audience = [client]
    Backend.instance.save(client)
app.run(host="127.0.0.1", port=port, threaded=True)
