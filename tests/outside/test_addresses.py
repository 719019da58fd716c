"""The addresses that destinations may have."""

import pytest

from inquiry_router.outside.addresses import Reach, WrongAddress, check_url, is_allowed

LOOPBACK = Reach(loopback=True)

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2606:4700::1%1",
]
ALLOWED = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "169.253.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "191.255.255.255",
    "192.0.1.1",
    "192.167.0.1",
    "198.17.0.1",
    "198.20.0.1",
    "223.255.255.254",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_private_and_special_addresses_are_refused(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.2.1", "::1"])
def test_loopback_is_allowed_for_development_only(address: str) -> None:
    assert is_allowed(address, reach=LOOPBACK)
    assert not is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "fe80::1",
    ],
)
def test_development_allows_plain_loopback_only(address: str) -> None:
    assert not is_allowed(address, reach=LOOPBACK)


@pytest.mark.parametrize(
    "text", ["", "example.com", "1.2.3", "0x7f.1", "127.1", "1.2.3.4.5", "01.2.3.4", " 8.8.8.8"]
)
def test_text_that_is_no_address_is_not_allowed(text: str) -> None:
    assert not is_allowed(text)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "normal"),
    [
        (
            "https://hooks.example.com",
            "hooks.example.com",
            443,
            "/",
            "https://hooks.example.com:443/",
        ),
        (
            "https://hooks.example.com:443/a?b=c",
            "hooks.example.com",
            443,
            "/a?b=c",
            "https://hooks.example.com:443/a?b=c",
        ),
        (
            "https://HOOKS.Example.COM:8443/In",
            "hooks.example.com",
            8443,
            "/In",
            "https://hooks.example.com:8443/In",
        ),
        (
            "https://hooks.example.com./x",
            "hooks.example.com",
            443,
            "/x",
            "https://hooks.example.com:443/x",
        ),
        (
            "https://żółw.example.pl/",
            "xn--w-uga1v8h.example.pl",
            443,
            "/",
            "https://xn--w-uga1v8h.example.pl:443/",
        ),
        (
            "https://xn--w-uga1v8h.example.pl/",
            "xn--w-uga1v8h.example.pl",
            443,
            "/",
            "https://xn--w-uga1v8h.example.pl:443/",
        ),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "https://8.8.8.8:443/"),
        (
            "https://[2606:4700::1111]:8443/",
            "2606:4700::1111",
            8443,
            "/",
            "https://[2606:4700::1111]:8443/",
        ),
        (
            "https://4you.example.com/",
            "4you.example.com",
            443,
            "/",
            "https://4you.example.com:443/",
        ),
        (
            "HTTPS://hooks.example.com?x",
            "hooks.example.com",
            443,
            "/?x",
            "https://hooks.example.com:443/?x",
        ),
    ],
)
def test_valid_url_is_split_into_its_parts(
    url: str, host: str, port: int, path: str, normal: str
) -> None:
    target = check_url(url)
    assert (target.scheme, target.host, target.port, target.path) == ("https", host, port, path)
    assert target.url == normal


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("http://hooks.example.com/", "https"),
        ("ftp://hooks.example.com/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://hooks.example.com/", "https://"),
        ("hooks.example.com", "https://"),
        ("//hooks.example.com/", "https://"),
        ("", "https://"),
        ("https://", "host name"),
        ("https:///path", "host name"),
        ("https://user:secret@hooks.example.com/", "user name"),
        ("https://hooks.example.com@evil.example/", "user name"),
        ("https://hooks.example.com/#top", "#"),
        ("https://hooks.example.com/#", "#"),
        ("https://hooks.example.com:80/", "443 or 8443"),
        ("https://hooks.example.com:22/", "443 or 8443"),
        ("https://hooks.example.com:0/", "443 or 8443"),
        ("https://hooks.example.com:99999/", "web address"),
        ("https://hooks.example.com:x/", "web address"),
        ("https://hooks.example.com:443:80/", "web address"),
        ("https://hooks.example.com /", "spaces"),
        ("https://hooks.example.com\\@evil.example/", "backslashes"),
        ("https://hooks.example.com/\r\nhost: evil", "spaces"),
        ("https://hooks.exam\tple.com/", "spaces"),
        ("https://hooks.example.com/\u202e", "spaces"),
        ("https://hooks.example.com/" + "a" * 2048, "2048"),
        ("https://" + "a" * 300 + ".com/", "253"),
        ("https://" + "a" * 64 + ".com/", "host name"),
        ("https://-a.example.com/", "host name"),
        ("https://a_b.example.com/", "host name"),
        ("https://a..example.com/", "host name"),
        ("https://.example.com/", "host name"),
        ("https://%31%32%37.0.0.1/", "IP address"),
        ("https://exa%6dple.com/", "host name"),
        ("https://intranet/", "network"),
        ("https://crm/", "domain"),
        ("https://localhost/", "network"),
        ("https://localhost./", "network"),
        ("https://LOCALHOST:8443/", "network"),
        ("https://evil.localhost/", "network"),
        ("https://printer.local/", "network"),
        ("https://metadata.google.internal/", "network"),
        ("https://nas.home.arpa/", "network"),
        ("https://127.0.0.1/", "own machine"),
        ("https://[::1]/", "own machine"),
        ("https://10.0.0.1/", "public address"),
        ("https://169.254.169.254/latest/meta-data", "public address"),
        ("https://[::ffff:127.0.0.1]/", "public address"),
        ("https://[::ffff:7f00:1]/", "public address"),
        ("https://[64:ff9b::7f00:1]/", "public address"),
        ("https://[fe80::1%25eth0]/", "public address"),
        ("https://[2606:4700::1111]evil.com/", ""),
        ("https://[evil.com]/", ""),
        ("https://[::1/", "web address"),
        ("https://2130706433/", "decimal"),
        ("https://0x7f000001/", "decimal"),
        ("https://0x7f.1/", "decimal"),
        ("https://0x7f.0.0.0x1/", "decimal"),
        ("https://0177.0.0.1/", "decimal"),
        ("https://127.1/", "decimal"),
        ("https://127.0.0.01/", "decimal"),
        ("https://1.2.3.4.5/", "decimal"),
        ("https://8.8.8.8.8./", "decimal"),
        ("https://8.8.8.256/", "decimal"),
        ("https://example.123/", "decimal"),
        ("https://example.0x/", "decimal"),
        ("https://１２７.０.０.１/", "own machine"),
        ("https://127。0。0。1/", "own machine"),
        ("https://ⓛocalhost/", "network"),
        ("https://exa\u00admple.local/", "spaces"),
        ("https://\u0301a.example.com/", "domain"),
    ],
)
def test_wrong_url_is_refused_with_advice(url: str, cure: str) -> None:
    with pytest.raises(WrongAddress) as refused:
        check_url(url)
    assert cure in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/x",
        "https://127.0.0.1:9000/x",
        "http://[::1]:81/",
        "http://127.0.0.1/",
    ],
)
def test_development_may_call_its_own_machine(url: str) -> None:
    assert check_url(url, reach=LOOPBACK).host in ("127.0.0.1", "::1")
    with pytest.raises(WrongAddress):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "http://8.8.8.8/",
        "https://hooks.example.com:9000/",
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "http://localhost:8000/",
        "http://2130706433/",
        "http://127.0.0.1:0/",
    ],
)
def test_development_allows_nothing_else(url: str) -> None:
    with pytest.raises(WrongAddress):
        check_url(url, reach=LOOPBACK)


def test_checked_url_does_not_show_its_query() -> None:
    assert "hush" not in repr(check_url("https://hooks.example.com/in?token=hush"))


OWN = Reach.of(loopback=False, hosts="Helpdesk.lan, desk, 10.0.0.5,,[fd00::5]")


@pytest.mark.parametrize(
    "url",
    [
        "http://helpdesk.lan/api",
        "https://desk:8080",
        "http://10.0.0.5:3000/x",
        "http://HELPDESK.LAN",
    ],
)
def test_own_hosts_may_be_called(url: str) -> None:
    assert check_url(url, OWN).host in OWN.hosts
    with pytest.raises(WrongAddress):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://other.lan",
        "http://10.0.0.6",
        "http://evil.desk",
        "http://127.0.0.1",
        "http://169.254.169.254",
    ],
)
def test_other_hosts_of_the_own_network_are_refused(url: str) -> None:
    with pytest.raises(WrongAddress):
        check_url(url, OWN)


def test_own_host_may_resolve_to_a_private_but_no_special_address() -> None:
    for address in ("10.0.0.5", "192.168.3.4", "172.16.0.1", "fd00::5", "8.8.8.8"):
        assert is_allowed(address, OWN, "helpdesk.lan"), address
    for address in ("127.0.0.1", "169.254.169.254", "::1", "fe80::1", "100.64.0.1", "0.0.0.0"):
        assert not is_allowed(address, OWN, "helpdesk.lan"), address
    assert not is_allowed("10.0.0.5", OWN, "hooks.example.com")
