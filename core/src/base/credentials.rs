//! Keys, and nothing that could show them.

use super::error::{Error, Misuse};
use super::http::REDACTED;
use super::text::{all, trimmed};
use super::texts::{Zh, zh};
use std::fmt;
use zeroize::Zeroizing;

/// An access key: an id that may be seen, a secret and a session token that may not.
///
/// The secret is wiped from memory when dropped and never appears in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    id: String,
    secret: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
}

impl Credentials {
    /// Takes a long-lived key, or a temporary one with its session token.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) naming the field when a part is empty, has surrounding white space (the
    /// commonest cause of failed signatures) or quotes, holds a character that cannot stand in a header,
    /// when id and secret are the same text, or when they are evidently swapped.
    ///
    /// ```
    /// # use imgferry::Credentials;
    /// assert!(Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None).is_ok());
    /// let error = Credentials::new("AKIDEXAMPLE ", "EXAMPLE-SECRET", None).unwrap_err();
    /// assert_eq!(error.code, "credentials.id");
    /// let error = Credentials::new("EXAMPLE-SECRET", "AKIDEXAMPLE", None).unwrap_err();
    /// assert!(error.message.contains("swapped"));
    /// ```
    pub fn new(id: &str, secret: &str, token: Option<&str>) -> Result<Self, Error> {
        Self::check(id, secret, token)?;
        Ok(Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_owned()), token: token.map(|t| Zeroizing::new(t.to_owned())) })
    }

    /// The same key with another secret, taken as it is: what somebody may have signed with by mistake.
    pub(crate) fn with_secret(&self, secret: String) -> Self {
        Self { secret: Zeroizing::new(secret), ..self.clone() }
    }

    /// A key that is not at hand.
    pub(crate) fn stand_in(id: &str, token: Option<&str>) -> Self {
        let token = token.map(|token| Zeroizing::new(token.to_owned()));
        Self { id: id.to_owned(), secret: Zeroizing::default(), token }
    }

    fn check(id: &str, secret: &str, token: Option<&str>) -> Result<(), Error> {
        check_part("id", id)?;
        check_part("secret", secret)?;
        if id == secret {
            return Err(bad("secret", "is the same text as the id", zh!("与 id 相同")));
        }
        if looks_like_id(secret) && !looks_like_id(id) {
            return Err(bad(
                "secret",
                "looks like an access key id, and the id does not: they may be swapped",
                zh!("形似访问密钥 ID，而 id 不像：两者可能颠倒"),
            ));
        }
        if let Some(token) = token {
            check_part("token", token)?;
        }
        Ok(())
    }

    /// The access key id: not a secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The session token of a temporary key.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|t| t.as_str())
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id)
            .field("secret", &REDACTED)
            .field("token", &self.token.as_ref().map(|_| REDACTED))
            .finish()
    }
}

/// The beginnings by which Tencent's and Volcengine's access key ids are known; Huawei's have none.
fn looks_like_id(text: &str) -> bool {
    ["AKID", "AKLT", "AKTP"].iter().any(|beginning| text.starts_with(beginning))
}

fn check_part(field: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        return Err(bad(field, "is empty", zh!("为空")));
    }
    if trimmed(value).len() != value.len() {
        return Err(bad(field, "has white space at its start or end", zh!("首尾有空白字符")));
    }
    // What shells, `.env` files and office programs leave around a value.
    let quotes = ["\"", "'", "“", "”", "‘", "’"];
    let is_wrapped = quotes.iter().any(|quote| value.starts_with(quote)) && quotes.iter().any(|quote| value.ends_with(quote));
    if value.len() > 1 && is_wrapped {
        return Err(bad(field, "is wrapped in quotes, which would be part of the key", zh!("两端带有引号，引号会被当作密钥的一部分")));
    }
    match all(value, |byte| byte.is_ascii_graphic()) {
        false => {
            Err(bad(field, "holds a space, a control character or a character outside ASCII", zh!("含有空格、控制字符或非 ASCII 字符")))
        }
        true => Ok(()),
    }
}

/// About the field, and what is wrong with it in English and in Chinese.
static BAD: Misuse = Misuse {
    code: "credentials.{0}",
    message: "the credentials' {0} {1}",
    en: "copy the key again, without quotes or line breaks",
    zh: Zh::of("凭证的 {0} {2}；请重新复制密钥，不要带引号或换行"),
};

fn bad(field: &str, en: &str, zh: &str) -> Error {
    BAD.about(&[field, en, zh])
}
