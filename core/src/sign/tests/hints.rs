//! What a request, the answer and the key at hand tell without recomputing.

use super::{SECRET, SIGNED_AT, Tried, key};
use crate::base::cloud::Cloud;
use crate::base::http::REDACTED;
use crate::sign::Options;

/// What can be seen without the secret, of a request that a cloud calls wrongly signed.
#[test]
fn hints_are_given_of_what_is_there() {
    const ID: &str = "AKIDEXAMPLE";
    let cloud = Cloud::Tencent;
    let json = ("Content-Type", "application/json");
    for (url, given, body, should) in [
        ("https://h.example/", vec![json], "", "possible secret.other"),
        ("https://h.example/", vec![json], "{}", "possible secret.other, possible payload.changed"),
        ("https://h.example/?a=b+c", vec![json], "", "possible secret.other, possible query.plus"),
        ("https://h.example/?a=%2525", vec![json], "", "possible secret.other, possible query.double"),
        ("https://h.example/?a=%7E", vec![json], "", "possible secret.other, possible query.tilde"),
        ("https://h.example/?a=%7e", vec![json], "", "possible secret.other, possible query.tilde"),
        ("https://h.example:8443/", vec![json], "", "possible secret.other, possible host.port"),
        ("https://h.example/", vec![json, ("X-Forwarded-Host", "o")], "", "possible secret.other, possible host.changed"),
        ("https://h.example/", vec![("Content-Type", "a/b; charset=utf-8")], "", "possible secret.other, possible content_type.charset"),
    ] {
        assert_eq!(Tried::new(cloud, ID, url, &given, body).told(None), should, "{url} {given:?}");
    }
    let fragile =
        Options { signed_headers: Some(["host", "content-type", "User-Agent"].map(str::to_owned).to_vec()), ..Options::default() };
    let given = [json, ("User-Agent", "a")];
    let mut tried = Tried::of(cloud, &key(ID, None), "https://h.example/", &given, "", &fragile);
    assert_eq!(tried.told(None), "possible header.changed, possible secret.other");
    assert_eq!(tried.told(Some(&key(ID, None))), "possible fine");
    tried.header("user-agent").push_str(" another tool");
    assert_eq!(tried.told(Some(&key(ID, None))), "certain header.changed");
    // What was changed in a way that nobody would guess.
    tried.header("user-agent").replace_range(.., "something else");
    assert_eq!(tried.told(Some(&key(ID, None))), "likely header.changed, likely secret.other");
}

#[test]
fn keys_are_known_by_their_form() {
    let huawei = "HWAK0EXAMPLE0EXAMPLE";
    for (cloud, id, should) in [
        (Cloud::Tencent, "AKIDEXAMPLE", ""),
        (Cloud::Tencent, "AKLTEXAMPLE", "likely key.cloud, "),
        (Cloud::Tencent, "AKTPEXAMPLE", "likely key.cloud, "),
        (Cloud::Tencent, huawei, "likely key.cloud, "),
        (Cloud::Volcengine, "AKLTEXAMPLE", ""),
        (Cloud::Volcengine, "AKTPEXAMPLE", ""),
        (Cloud::Volcengine, "AKIDEXAMPLE", "likely key.cloud, "),
        (Cloud::Huawei, huawei, ""),
        (Cloud::Huawei, "AKIDEXAMPLE", "likely key.cloud, "),
        (Cloud::Tencent, "HWAK0EXAMPLE0EXAMPL", ""),
        (Cloud::Tencent, "HWAK0EXAMPLE0EXAMPLe", ""),
        (Cloud::Tencent, "EXAMPLE-EXAMPLE-EXAMPLE-EXAMPL", ""),
        (Cloud::Tencent, "EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE", "possible key.swapped, "),
    ] {
        let tried = Tried::new(cloud, id, "https://h.example/", &[("Content-Type", "a/b")], "");
        assert_eq!(tried.told(None), format!("{should}possible secret.other"), "{cloud} {id}");
    }
    for around in [["'", ""], ["", "'"], ["\"", "\""], ["“", "”"], [" ", ""]] {
        let mut tried = Tried::new(Cloud::Tencent, "AKIDEXAMPLE", "https://h.example/", &[], "");
        let text = tried.header("authorization").replace("AKIDEXAMPLE", &around.join("AKIDEXAMPLE"));
        *tried.header("authorization") = text;
        assert_eq!(tried.told(None), "certain key.quotes", "{around:?}");
    }
    // The derived form is Huawei's too.
    let derived = Options { derived: true, ..Options::default() };
    let tried = Tried::of(Cloud::Huawei, &key(huawei, None), "https://h.example/", &[], "", &derived);
    assert_eq!(tried.told(Some(&key(huawei, None))), "possible fine");
    // With a key at hand.
    let tried = Tried::new(Cloud::Tencent, "AKIDEXAMPLE", "https://h.example/", &[], "");
    assert_eq!(tried.told(Some(&key("AKIDEXAMPLE", None))), "possible fine");
    assert_eq!(tried.told(Some(&key("AKIDOTHER", None))), "likely key.other, possible secret.other");
    let mut tried = Tried::new(Cloud::Tencent, "AKIDEXAMPLE", "https://h.example/", &[], "");
    let text = tried.header("authorization").replace("AKIDEXAMPLE", SECRET);
    *tried.header("authorization") = text;
    assert_eq!(tried.told(Some(&key("AKIDOTHER", None))), "certain key.swapped");
}

#[test]
fn clocks_differ_by_more_than_the_window() {
    for (cloud, window) in [(Cloud::Tencent, 300), (Cloud::Volcengine, 900), (Cloud::Huawei, 900)] {
        for (second, id) in [(window, ""), (window + 1, "clock.behind"), (-window, ""), (-window - 1, "clock.ahead")] {
            let mut tried = Tried::new(cloud, "AKEXAMPLE", "https://h.example/", &[], "");
            let now = SIGNED_AT.plus(second * 1000);
            tried.now = Some(now);
            let should = |sure: &str| if id.is_empty() { "possible secret.other".to_owned() } else { format!("{sure} {id}") };
            assert_eq!(tried.told(None), format!("{}{}", should("likely"), if id.is_empty() { "" } else { ", possible secret.other" }));
            // What the cloud says counts more than the time that somebody has noted, and its words are heard.
            tried.now = Some(SIGNED_AT.plus(window * 5000));
            for text in [now.basic(), (now.0 / 1000).to_string()] {
                tried.answer = format!("refused. Server Time: {text}, good bye");
                assert_eq!(
                    tried.told(None),
                    if id.is_empty() { "certain clock, possible secret.other".to_owned() } else { should("certain") },
                    "{}",
                    tried.answer
                );
            }
        }
    }
}

#[test]
fn scopes_and_tokens_are_those_of_the_call() {
    let mut tried = Tried::new(Cloud::Volcengine, "AKLTEXAMPLE", "https://h.example/", &[], "");
    tried.expect.region = Some("r-2");
    assert_eq!(tried.told(None), "likely scope.region, possible secret.other");
    assert_eq!(tried.told(Some(&key("AKLTEXAMPLE", None))), "certain scope.region, possible fine");
    tried.expect.service = Some("other");
    assert_eq!(tried.told(Some(&key("AKLTEXAMPLE", None))), "likely scope.region, likely scope.service, possible fine");
    for (from, to, should) in [("20240521", "20240522", "certain scope.day"), ("/request", "/aws4_request", "certain scope.word")] {
        let mut tried = Tried::new(Cloud::Volcengine, "AKLTEXAMPLE", "https://h.example/", &[], "");
        let text = tried.header("authorization").replacen(from, to, 1);
        *tried.header("authorization") = text;
        assert_eq!(tried.told(None), should);
    }
    for cloud in Cloud::ALL {
        for (own, sent, should) in [
            (None, None, "possible fine"),
            (Some("T"), Some("T"), "possible fine"),
            (Some("T"), None, "certain token.missing, possible fine"),
            (Some("T"), Some("O"), "certain token.other, possible fine"),
            (None, Some("O"), "certain token.needless, possible fine"),
        ] {
            let tried = Tried::of(cloud, &key("AKEXAMPLE", sent), "https://h.example/", &[], "", &Options::default());
            assert_eq!(tried.told(Some(&key("AKEXAMPLE", own))), should, "{cloud}");
        }
    }
    // A presigned query holds its token itself.
    let presigned = Options { presign: true, ..Options::default() };
    for token in [None, Some("T")] {
        let mut tried = Tried::of(Cloud::Volcengine, &key("AKLTEXAMPLE", token), "https://h.example/?a=1", &[], "", &presigned);
        tried.now = Some(SIGNED_AT.plus(1_000_000));
        assert_eq!(tried.told(Some(&key("AKLTEXAMPLE", Some("T")))), "possible fine");
        assert_eq!(tried.told(None), "possible secret.other");
    }
}

#[test]
fn headers_are_all_there_and_all_signed() {
    let json = [("Content-Type", "application/json")];
    for (cloud, date) in [(Cloud::Tencent, ""), (Cloud::Volcengine, "x-date"), (Cloud::Huawei, "x-sdk-date")] {
        let tried = |body: &str| Tried::new(cloud, "AKEXAMPLE", "https://h.example/", &json, body);
        let mut lost = tried("{}");
        lost.headers.retain(|(name, _)| name != "Content-Type");
        assert_eq!(lost.told(None), "certain header.missing");
        // Of an absolute target the host is known.
        let mut absolute = tried("{}");
        absolute.headers.retain(|(name, _)| name != "Host");
        assert_eq!(absolute.told(None), "possible secret.other, possible payload.changed");
        absolute.url = "/".to_owned();
        assert_eq!(absolute.told(None), "certain header.missing");
        for (length, should) in [
            ("2", "possible secret.other, possible payload.changed"),
            ("3", "likely payload.cut, possible secret.other, possible payload.changed"),
        ] {
            let mut cut = tried("{}");
            cut.headers.push(("Content-Length".to_owned(), length.to_owned()));
            assert_eq!(cut.told(None), should, "{cloud}");
        }
        let mut empty = tried("");
        empty.headers.push(("Content-Length".to_owned(), "3".to_owned()));
        assert_eq!(empty.told(None), "possible secret.other", "{cloud}");
        if !date.is_empty() {
            let less = Options { signed_headers: Some(vec!["host".to_owned()]), ..Options::default() };
            let tried = Tried::of(cloud, &key("AKEXAMPLE", None), "https://h.example/", &json, "", &less);
            assert_eq!(tried.told(None), "likely signed_headers.missing, possible secret.other");
        }
    }
}

#[test]
fn what_cannot_be_read_is_told_by_what_it_is() {
    let of = |text: &str| {
        let mut tried = Tried::new(Cloud::Tencent, "AKIDEXAMPLE", "https://h.example/", &[("Content-Type", "a/b")], "");
        tried.header("authorization").replace_range(.., text);
        tried
    };
    for (text, should) in [
        ("AWS4-HMAC-SHA256 Credential=x", "certain authorization.scheme"),
        ("Basic abc", "certain authorization.scheme"),
        ("Bearer abc", "certain authorization.scheme"),
        ("Digest abc", "certain authorization.form"),
        ("TC3-HMAC-SHA256 Credential=x", "certain authorization.form"),
        ("TC3-HMAC-SHA256 Credential='AKIDEXAMPLE'", "certain key.quotes, certain authorization.form"),
        ("", "certain authorization.form"),
        (REDACTED, ""),
    ] {
        assert_eq!(of(text).told(None), should, "{text}");
    }
    let mut tried = of("TC3-HMAC-SHA256 Credential=x");
    tried.header("x-tc-timestamp").replace_range(.., "noon");
    assert_eq!(tried.told(None), "certain authorization.time");
    tried.headers.retain(|(name, _)| name != "Authorization");
    assert_eq!(tried.told(None), "certain authorization.missing");
    tried.url = "/?SecretId=x&Action=y".to_owned();
    assert_eq!(tried.told(None), "certain authorization.missing");
    tried.url = "/?Signature=x&Action=y".to_owned();
    assert_eq!(tried.told(None), "certain authorization.missing");
    tried.body = b"SecretId=x&Signature=x".to_vec();
    assert_eq!(tried.told(None), "certain authorization.old");
    (tried.url, tried.body) = ("/?SecretId=x&Signature=x".to_owned(), Vec::new());
    assert_eq!(tried.told(None), "certain authorization.old");
    tried.url = "/".to_owned();
    tried.headers.push(("X-Auth-Token".to_owned(), "x".to_owned()));
    assert_eq!(tried.told(None), "likely authorization.iam_token");
    tried.headers.extend(["a", "b"].map(|text| ("Authorization".to_owned(), text.to_owned())));
    assert_eq!(tried.told(None), "certain authorization.twice");
}

/// The cloud's words make surer what was found of the same part, and stand alone where nothing was.
#[test]
fn the_clouds_words_are_heard() {
    for (answer, alone, beside, of_none) in [
        ("some words", "possible secret.other", "likely scope.region, possible secret.other", "certain authorization.missing"),
        ("SignatureDoesNotMatch", "possible secret.other", "likely scope.region, possible secret.other", "certain authorization.missing"),
        ("InvalidCredential", "possible secret.other", "certain scope.region, possible secret.other", "certain authorization.missing"),
        (
            "signature expired",
            "certain clock, possible secret.other",
            "certain clock, likely scope.region, possible secret.other",
            "certain authorization.missing, certain clock",
        ),
        (
            "reach the limit",
            "certain locked, possible secret.other",
            "certain locked, likely scope.region, possible secret.other",
            "certain authorization.missing, certain locked",
        ),
    ] {
        let mut tried = Tried::new(Cloud::Volcengine, "AKLTEXAMPLE", "https://h.example/", &[], "");
        tried.answer = answer.to_owned();
        assert_eq!(tried.told(None), alone, "{answer}");
        tried.expect.region = Some("r-2");
        assert_eq!(tried.told(None), beside, "{answer}");
        tried.headers.clear();
        assert_eq!(tried.told(None), of_none, "{answer}");
    }
    // Nothing is known of a signature that was taken out, but for the cloud's own words.
    let mut tried = Tried::new(Cloud::Volcengine, "AKLTEXAMPLE", "https://h.example/", &[], "");
    tried.header("authorization").replace_range(.., REDACTED);
    tried.answer = "SignatureDoesNotMatch".to_owned();
    assert_eq!(tried.told(None), "likely signature");
    let mut tried = Tried::new(Cloud::Volcengine, "AKLTEXAMPLE", "https://h.example/?a=b+c", &[], "");
    tried.url = tried.url.replace("%20", "+");
    tried.answer = r#"{"told":"GET\n/\na=b\nhost:h\n\nhost\ne3b0"}"#.to_owned();
    assert_eq!(tried.told(None), "certain query");
    let mut tried = Tried::new(Cloud::Tencent, "EXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE", "https://h.example/", &[], "");
    tried.answer = "The SecretId is not found".to_owned();
    assert_eq!(tried.told(None), "likely key.swapped, possible secret.other");
}

#[test]
#[cfg_attr(miri, ignore = "megabytes")]
fn bodies_may_be_so_large_and_no_larger() {
    for (cloud, most) in [(Cloud::Tencent, 10 << 20), (Cloud::Volcengine, usize::MAX), (Cloud::Huawei, 12 << 20)] {
        let mut tried = Tried::new(cloud, "AKEXAMPLE", "https://h.example/", &[], "{}");
        // Nothing else is looked at where the signature was taken out.
        tried.header("authorization").replace_range(.., REDACTED);
        for length in [10 << 20, 12 << 20] {
            tried.body = vec![b' '; length];
            assert_eq!(tried.told(None), if length > most { "likely size.body" } else { "" }, "{cloud} {length}");
            tried.body.push(b' ');
            assert_eq!(tried.told(None), if length >= most { "likely size.body" } else { "" }, "{cloud} {length}");
        }
    }
}
