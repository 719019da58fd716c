"""Names in place of secrets, and values for the names."""

from inquiry_router.configuration.placeholders import GivenSecrets, hide, placeholder


def test_only_secrets_are_hidden() -> None:
    settings = {"url": "https://a.example.com", "token": "hush"}
    assert hide(settings, {"token", "other"}, "destinations", "desk") == {
        "url": "https://a.example.com",
        "token": "${destinations.desk.token}",
    }


def test_given_value_comes_before_the_stored_one() -> None:
    secrets = GivenSecrets({"sources.a.secret": "given"})
    written = placeholder("sources", "a", "secret")
    assert secrets.fill(written, "stored") == "given"
    assert secrets.fill(placeholder("sources", "b", "secret"), "stored") == "stored"
    assert secrets.fill(None, "stored") == "stored"
    assert secrets.fill("written out", "stored") == "written out"
    assert secrets.problems() == []


def test_name_without_a_value_and_value_without_a_name_are_problems() -> None:
    secrets = GivenSecrets({"sources.b.secret": "given"})
    assert secrets.fill(placeholder("sources", "a", "secret"), None) is None
    missing, unused = secrets.problems()
    assert missing.startswith("sources.a.secret: the file has only the name of this secret")
    assert unused == "secrets: the file has no ${sources.b.secret}"
