"""Variables that are no settings are named, and those of Kubernetes are left alone."""

from inquiry_router.process.setting_names import find_unknown

PREFIX, SETTINGS = "INQUIRY_ROUTER_", ("public_url", "port", "database_url")


def test_settings_and_other_variables_are_not_named() -> None:
    names = ["INQUIRY_ROUTER_PUBLIC_URL", "inquiry_router_port", "PATH", "DATABASE_URL"]
    assert find_unknown(names, SETTINGS, PREFIX) == []


def test_misspelt_name_comes_with_the_nearest_setting() -> None:
    (sentence,) = find_unknown(["INQUIRY_ROUTER_DATABSE_URL"], SETTINGS, PREFIX)
    assert sentence == (
        "INQUIRY_ROUTER_DATABSE_URL is no setting and is ignored; "
        "did you mean INQUIRY_ROUTER_DATABASE_URL?"
    )


def test_name_that_is_like_no_setting_comes_with_the_list() -> None:
    (sentence,) = find_unknown(["INQUIRY_ROUTER_COLOUR"], SETTINGS, PREFIX)
    assert sentence.endswith("'config show --settings' lists them")


def test_variables_of_kubernetes_are_no_mistakes() -> None:
    names = ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT_8000_TCP_ADDR"]
    assert find_unknown([PREFIX + name for name in names], SETTINGS, PREFIX) == []
