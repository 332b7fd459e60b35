//! How programs name themselves, and how fast they move on.

/// A piece of a `User-Agent` header.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// As it stands.
    Text(&'static str),
    /// The version.
    Version,
    /// Apple's version, which jumped from 18.6 to 26.0.
    Apple,
    /// The device or system, one of a list.
    Detail(&'static [&'static str]),
}

/// The TLS library behind a program, which makes its JA4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    Chromium,
    Firefox,
    Apple,
    Okhttp,
    Python,
    Curl,
    Go,
    Node,
    Java,
}

/// A program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Template {
    pub parts: &'static [Part],
    /// Its version on 1 January 2026.
    pub version: i64,
    /// Days from one version to the next.
    pub every_days: i64,
    /// How many versions are about.
    pub about: u8,
    pub tls: Tls,
    /// Whether it is the service's own app.
    pub app: bool,
}

use Part::{Apple, Detail, Text, Version};

const WEBKIT: &str = ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";

const fn browser(
    parts: &'static [Part],
    version: i64,
    every_days: i64,
    about: u8,
    tls: Tls,
) -> Template {
    Template {
        parts,
        version,
        every_days,
        about,
        tls,
        app: false,
    }
}

const IPHONES: &[&str] = &["18_5", "18_6", "18_6_2", "18_7", "18_7_1"];
const APPLE_MODELS: &[&str] = &[
    "iOS 18.6; iPhone14,5",
    "iOS 18.7; iPhone14,7",
    "iOS 26.1; iPhone15,2",
    "iOS 26.1; iPhone15,3",
    "iOS 26.2; iPhone16,1",
    "iOS 26.2; iPhone17,3",
];
const ANDROID_MODELS: &[&str] = &[
    "Android 13; SM-A536B",
    "Android 14; SM-A546B",
    "Android 14; SM-G991B",
    "Android 15; SM-S921B",
    "Android 15; Pixel 7a",
    "Android 16; Pixel 9",
    "Android 14; 2312DRA50G",
    "Android 13; CPH2481",
];

/// All programs.
pub(crate) const TEMPLATES: [Template; 27] = [
    browser(
        &[
            Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64"),
            Text(WEBKIT),
            Version,
            Text(".0.0.0 Safari/537.36"),
        ],
        143,
        28,
        6,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7"),
            Text(WEBKIT),
            Version,
            Text(".0.0.0 Safari/537.36"),
        ],
        143,
        28,
        6,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (X11; Linux x86_64"),
            Text(WEBKIT),
            Version,
            Text(".0.0.0 Safari/537.36"),
        ],
        143,
        28,
        6,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0"),
            Text(WEBKIT),
            Version,
            Text(".0.0.0 Safari/537.36"),
        ],
        143,
        28,
        4,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64"),
            Text(WEBKIT),
            Version,
            Text(".0.0.0 Safari/537.36 Edg/"),
            Version,
            Text(".0.0.0"),
        ],
        143,
        28,
        4,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:"),
            Version,
            Text(".0) Gecko/20100101 Firefox/"),
            Version,
            Text(".0"),
        ],
        146,
        28,
        5,
        Tls::Firefox,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:"),
            Version,
            Text(".0) Gecko/20100101 Firefox/"),
            Version,
            Text(".0"),
        ],
        146,
        28,
        4,
        Tls::Firefox,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (X11; Linux x86_64; rv:"),
            Version,
            Text(".0) Gecko/20100101 Firefox/"),
            Version,
            Text(".0"),
        ],
        146,
        28,
        5,
        Tls::Firefox,
    ),
    browser(
        &[
            Text(
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/",
            ),
            Apple,
            Text(" Safari/605.1.15"),
        ],
        28,
        45,
        6,
        Tls::Apple,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (iPhone; CPU iPhone OS "),
            Detail(IPHONES),
            Text(" like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/"),
            Apple,
            Text(" Mobile/15E148 Safari/604.1"),
        ],
        28,
        45,
        6,
        Tls::Apple,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (iPhone; CPU iPhone OS "),
            Detail(IPHONES),
            Text(" like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/"),
            Version,
            Text(".0.0.0 Mobile/15E148 Safari/604.1"),
        ],
        143,
        28,
        5,
        Tls::Apple,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (Linux; Android 10; K"),
            Text(WEBKIT),
            Version,
            Text(".0.0.0 Mobile Safari/537.36"),
        ],
        143,
        28,
        7,
        Tls::Chromium,
    ),
    browser(
        &[
            Text(
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/",
            ),
            Version,
            Text(".0 Chrome/136.0.0.0 Mobile Safari/537.36"),
        ],
        29,
        90,
        3,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64"),
            Text(WEBKIT),
            Text("142.0.0.0 Safari/537.36 OPR/"),
            Version,
            Text(".0.0.0"),
        ],
        126,
        28,
        3,
        Tls::Chromium,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (iPad; CPU OS "),
            Detail(IPHONES),
            Text(" like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/"),
            Apple,
            Text(" Mobile/15E148 Safari/604.1"),
        ],
        28,
        45,
        6,
        Tls::Apple,
    ),
    Template {
        parts: &[
            Text("HarbourApp/7."),
            Version,
            Text(".0 ("),
            Detail(APPLE_MODELS),
            Text(")"),
        ],
        version: 24,
        every_days: 60,
        about: 4,
        tls: Tls::Apple,
        app: true,
    },
    Template {
        parts: &[
            Text("HarbourApp/7."),
            Version,
            Text(".0 ("),
            Detail(ANDROID_MODELS),
            Text(") okhttp/4.12.0"),
        ],
        version: 24,
        every_days: 60,
        about: 4,
        tls: Tls::Okhttp,
        app: true,
    },
    browser(
        &[Text("python-requests/2."), Version, Text(".3")],
        32,
        300,
        3,
        Tls::Python,
    ),
    browser(
        &[Text("python-httpx/0."), Version, Text(".0")],
        28,
        200,
        2,
        Tls::Python,
    ),
    browser(
        &[Text("Python/3.12 aiohttp/3."), Version, Text(".1")],
        13,
        120,
        2,
        Tls::Python,
    ),
    browser(
        &[Text("curl/8."), Version, Text(".0")],
        17,
        56,
        3,
        Tls::Curl,
    ),
    browser(
        &[Text("Go-http-client/"), Version, Text(".0")],
        2,
        100_000,
        1,
        Tls::Go,
    ),
    browser(
        &[Text("okhttp/4."), Version, Text(".0")],
        12,
        400,
        2,
        Tls::Okhttp,
    ),
    browser(
        &[Text("axios/1."), Version, Text(".0")],
        13,
        60,
        2,
        Tls::Node,
    ),
    browser(
        &[
            Text("node-fetch/"),
            Version,
            Text(".0 (+https://github.com/node-fetch/node-fetch)"),
        ],
        3,
        100_000,
        1,
        Tls::Node,
    ),
    browser(
        &[
            Text("Apache-HttpClient/5."),
            Version,
            Text(" (Java/17.0.13)"),
        ],
        5,
        200,
        2,
        Tls::Java,
    ),
    browser(
        &[
            Text("Mozilla/5.0 (compatible; UptimeProbe/"),
            Version,
            Text(".4)"),
        ],
        2,
        100_000,
        1,
        Tls::Go,
    ),
];
