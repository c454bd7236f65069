//! What the code and the words of a refused request tell of its cause. One reading for `read`, `explain` and `diagnose`.

use super::component::Component;
use crate::base::text::{around, concat, contains};

/// Codes that leave one cause, sorted; compared as whole words.
const CODES: &[(&str, Component)] = &[
    ("APIGW.0307", Component::Token),
    ("AccessKeyIsExpire", Component::Token),
    ("AuthFailure.InvalidAuthorization", Component::Authorization),
    ("AuthFailure.InvalidSecretId", Component::Key),
    ("AuthFailure.SecretIdNotFound", Component::Key),
    ("AuthFailure.SignatureExpire", Component::Clock),
    ("AuthFailure.SignatureFailure", Component::Signature),
    ("AuthFailure.TokenFailure", Component::Token),
    ("IMG.0087", Component::Token),
    ("InvalidAccessKey", Component::Key),
    ("InvalidAuthorization", Component::Authorization),
    ("InvalidClientTokenId", Component::Key),
    ("InvalidCredential", Component::Scope),
    ("InvalidSecretToken", Component::Token),
    ("InvalidTimestamp", Component::Clock),
    ("MissingAuthenticationToken", Component::Authorization),
    ("MissingSignature", Component::Authorization),
    ("RequestSizeLimitExceeded", Component::Size),
    ("SessionTokenInvalid", Component::Token),
    ("SignatureDoesNotMatch", Component::Signature),
    ("UnauthorizedOperation.InvalidToken", Component::Token),
];

/// Words, in lower case; the first that stand in the text decide. Causes stand before the mismatch that they come with:
/// Huawei's gateway writes `calc aksk signature fail:` in front of several.
const WORDS: &[(&str, Component)] = &[
    ("reach the limit", Component::Locked),
    ("signature expired", Component::Clock),
    ("signature has expired", Component::Clock),
    ("server time", Component::Clock),
    ("签名过期", Component::Clock),
    ("body too large", Component::Size),
    ("request entity too large", Component::Size),
    ("request size limit", Component::Size),
    ("decrypt token fail", Component::Token),
    ("security token is wrong", Component::Token),
    ("secretid is not found", Component::Key),
    ("authorization header is incorrect", Component::Authorization),
    ("verify aksk signature fail", Component::Signature),
];

/// The cause that a refusal's text tells, be it a message, a code, or a whole answer; `None` where it tells none.
pub(crate) fn cause(text: &str) -> Option<Component> {
    let lower = text.to_ascii_lowercase();
    let said = WORDS.iter().find(|(words, _)| contains(&lower, words)).map(|(_, component)| *component);
    let said = match said {
        None | Some(Component::Signature) if names_unknown_key(&lower) => Some(Component::Key),
        said => said,
    };
    said.or_else(|| {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')));
        words.map(|word| word.trim_end_matches('.')).find_map(|word| {
            // Dedicated gateways of Huawei's write APIG for APIGW.
            let word = word.strip_prefix("APIG.").map_or_else(|| word.to_owned(), |number| concat(&["APIGW.", number]));
            CODES.iter().find(|(code, _)| *code == word).map(|(_, component)| *component)
        })
    })
}

/// `ak HWAKEXAMPLE not exist`, or `ak:HWAKEXAMPLE,err:ak not exist`.
fn names_unknown_key(lower: &str) -> bool {
    const WORDS: &str = "not exist";
    let mut rest = lower;
    while let Some((_, after)) = around(rest, WORDS) {
        let before = lower.get(..lower.len() - after.len() - WORDS.len()).unwrap_or_default();
        let mut before = before.rsplit(|c: char| c.is_whitespace() || matches!(c, ':' | ',')).filter(|word| !word.is_empty());
        if before.next() == Some("ak") || before.next() == Some("ak") {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_lead_to_their_cause() {
        for (text, cause_of) in [
            ("AuthFailure.SignatureExpire", Some(Component::Clock)),
            (
                "[TencentCloudSDKException] code:AuthFailure.SecretIdNotFound message:The SecretId is not found requestId:r",
                Some(Component::Key),
            ),
            ("The SecretId is not found, please ensure that your SecretId is correct.", Some(Component::Key)),
            ("code: AuthFailure.TokenFailure.", Some(Component::Token)),
            ("The deviation between `Timestamp` and the server time 1706406788 is more than 5 minutes", Some(Component::Clock)),
            ("could not be validated because of exceeding request size limit", Some(Component::Size)),
            ("InvalidTimestamp", Some(Component::Clock)),
            ("InvalidAccessKey", Some(Component::Key)),
            ("InvalidSecretToken", Some(Component::Token)),
            ("InvalidCredential: malformed", Some(Component::Scope)),
            ("MissingSignature", Some(Component::Authorization)),
            ("SignatureDoesNotMatch", Some(Component::Signature)),
            ("calc aksk signature fail:signature expired,signature time:20211217T064303Z", Some(Component::Clock)),
            ("calc aksk signature fail:body too large", Some(Component::Size)),
            ("Get secretKey failed,ak:HWAKEXAMPLE,err:ak not exist", Some(Component::Key)),
            ("verify aksk signature fail", Some(Component::Signature)),
            ("ak HWAK… not exist", Some(Component::Key)),
            ("ak HWAKEXAMPLE not exist, request 1", Some(Component::Key)),
            ("AK access failed to reach the limit,forbidden", Some(Component::Locked)),
            ("decrypt token fail", Some(Component::Token)),
            ("APIG.0307", Some(Component::Token)),
            ("the break does not exist", None),
            ("APIGW.0301", None),
            ("<html><body>404 page does not exist</body></html>", None),
            ("", None),
        ] {
            assert_eq!(cause(text), cause_of, "{text}");
        }
    }

    #[test]
    fn the_codes_are_sorted() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
