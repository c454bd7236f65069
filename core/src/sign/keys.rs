//! From the secret to the signing key, and keeping that key for as long as it is good.

use super::encode::{self, Hex};
use super::hash::Hmac;
use super::scheme::{Keys, Scheme, Scope};
use crate::base::credentials::Credentials;
use crate::base::text::{concat, pieces};
use crate::base::time::Millis;
use std::fmt;
use zeroize::Zeroizing;

/// A signing key, wiped when dropped.
pub(super) struct SigningKey(Hmac);

impl SigningKey {
    /// The key of this scheme for this scope.
    pub(super) fn derive(scheme: &Scheme, credentials: &Credentials, scope: &str) -> Self {
        let secret = credentials.secret();
        match scheme.keys {
            Keys::Secret => Self(Hmac::new(secret.as_bytes())),
            Keys::Chain(prefix) => Self(Hmac::new(&*chain(prefix, secret, scope))),
            Keys::Hkdf => Self(Hmac::new(hkdf(credentials.id(), secret, scope).as_str().as_bytes())),
        }
    }

    /// The signature: lower-case hex of the HMAC.
    pub(super) fn sign(&mut self, string_to_sign: &str) -> Hex {
        encode::hex(&self.0.of(string_to_sign.as_bytes()))
    }
}

/// Keys that were derived, for at most [`KeyCache::CAPACITY`] scopes.
#[derive(Default)]
pub(crate) struct KeyCache {
    keys: Vec<Cached>,
    days: Vec<Day>,
}

/// All that stays the same in the signatures of a day, and of all days where the scheme has no scope.
pub(super) struct Day {
    algorithm: &'static str,
    number: i64,
    region: String,
    service: &'static str,
    pub(super) scope: String,
    /// Of the value of `Authorization`, what stands before the names of the signed headers.
    pub(super) head: String,
    pub(super) key: SigningKey,
}

struct Cached {
    algorithm: &'static str,
    scope: String,
    key: SigningKey,
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").finish_non_exhaustive()
    }
}

impl KeyCache {
    /// More scopes than any account has in use at a time; each is good for a day.
    const CAPACITY: usize = 64;

    /// The key for this scope, derived when it is asked for the first time.
    pub(super) fn get(&mut self, scheme: &Scheme, credentials: &Credentials, scope: &str) -> &mut SigningKey {
        let is_scope = |cached: &Cached| same(&cached.scope, scope);
        let found = self.keys.iter().position(|cached| cached.algorithm == scheme.algorithm && is_scope(cached));
        let at = found.unwrap_or_else(|| {
            if self.keys.len() >= Self::CAPACITY {
                self.keys.remove(0);
            }
            self.keys.push(Cached {
                algorithm: scheme.algorithm,
                scope: scope.to_owned(),
                key: SigningKey::derive(scheme, credentials, scope),
            });
            self.keys.len() - 1
        });
        &mut self.keys[at].key
    }

    /// What signatures of that day have in common, made when it is asked for the first time.
    pub(super) fn of_day(
        &mut self,
        scheme: &Scheme,
        credentials: &Credentials,
        now: Millis,
        region: &str,
        service: &'static str,
    ) -> &mut Day {
        const DAY_S: i64 = 86_400;
        let day = now.seconds().div_euclid(DAY_S);
        let (number, region, service) = match scheme.scope {
            Scope::Everything => (0, "", ""),
            Scope::Service(_) => (day, "", service),
            Scope::Region(_) | Scope::RegionOpen => (day, region, service),
        };
        let is_it = |known: &Day| {
            let (its_region, its_service) = (&*known.region, known.service);
            known.number == number && same(its_region, region) && same(its_service, service) && known.algorithm == scheme.algorithm
        };
        let at = match self.days.iter().position(is_it) {
            Some(at) => at,
            None => {
                if self.days.len() >= Self::CAPACITY {
                    self.days.remove(0);
                }
                let scope = scope(scheme, &scheme.time.day(now, &scheme.time.write(now)), region, service);
                self.days.push(Day {
                    algorithm: scheme.algorithm,
                    number,
                    region: region.to_owned(),
                    service,
                    head: scheme.authorization_head(credentials.id(), &scope),
                    key: SigningKey::derive(scheme, credentials, &scope),
                    scope,
                });
                self.days.len() - 1
            }
        };
        &mut self.days[at]
    }
}

/// Whether two texts are the same. Comparing two empty ones can be slow, ten times as slow as all else here: their
/// addresses are no addresses, and wide loads trip over that.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}

/// The scope text: what stands in the string to sign and decides the key. Empty when there is none.
pub(super) fn scope(scheme: &Scheme, date: &str, region: &str, service: &str) -> String {
    match scheme.scope {
        Scope::Everything => String::new(),
        Scope::Service(word) => concat(&[date, "/", service, "/", word]),
        Scope::Region(word) => concat(&[date, "/", region, "/", service, "/", word]),
        Scope::RegionOpen => concat(&[date, "/", region, "/", service]),
    }
}

/// The last key of the chain: HMAC over each part of the scope in turn.
fn chain(prefix: &str, secret: &str, scope: &str) -> Zeroizing<[u8; 32]> {
    let start = Zeroizing::new(concat(&[prefix, secret]));
    let mut parts = pieces(scope, b'/');
    let first = mac(start.as_bytes(), parts.next().unwrap_or_default());
    parts.fold(first, |key, part| mac(&*key, part))
}

fn hkdf(id: &str, secret: &str, info: &str) -> Hex {
    let extracted = mac(id.as_bytes(), secret);
    let expanded = mac(&*extracted, &concat(&[info, "\u{1}"]));
    encode::hex(&expanded)
}

fn mac(key: &[u8], message: &str) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(Hmac::new(key).of(message.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(prefix: &str, secret: &str, scope: &str) -> Vec<String> {
        let ends = scope.match_indices('/').map(|(at, _)| at).chain([scope.len()]);
        ends.map(|end| encode::hex(&chain(prefix, secret, &scope[..end])).as_str().to_owned()).collect()
    }

    #[test]
    fn tencent_worked_examples() {
        let all_masked = keys_of("TC3", &"*".repeat(32), "2019-02-25/cvm/tc3_request");
        assert_eq!(
            all_masked,
            [
                "da98fb70dcf6b112dc21038d1eeeb3a95c74b4dcb12c1131f864f6066bd02be0",
                "8d70cbefb03939f929db64d32dc2ba89b1095620119fe3e050e2b18c5bd2752f",
                "b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af",
            ]
        );
        let partly_masked = keys_of("TC3", "Gu5t9xGARNpq86cd98joQYCN3*******", "2019-02-25/cvm/tc3_request");
        assert_eq!(
            partly_masked,
            [
                "f1cb4d518a0eda9d5cbbfdb7850983f1e603eeae484edea76e4dd8d8deb5556e",
                "e7c609ce81bea53546bed2cc904778bef9ca14082e48e67883443ed64e227cd7",
                "8aa8ab5755582f576e94bcfe383b8e29325b0ca90c3590d569221c6a63a091ed",
            ]
        );
    }

    #[test]
    fn volcengine_worked_examples() {
        assert_eq!(
            keys_of("", "sk", "20211228/cn-north-1/iam/request"),
            [
                "a5d2eb776220718f240f6d4ae9e0666326cf198805652c7b9d3a01738622daed",
                "334d0d70b8cdb6c576aad392422493a1c8b01de256aa5dd54397204219c8e069",
                "1acd819663c078f5bc8e5a78111316ada908e4f935e07188240f1c01444195ee",
                "631152e7d14e60a83d51d2a564a14514f0e69afc59575a8e6e7b8d35755da00b",
            ]
        );
        assert_eq!(
            keys_of("", "EXAMPLE-SECRET-NOT-REAL-0001==", "20240521/cn-beijing/ecs/request"),
            [
                "4b882283f4ae7e578cd4c6b9e457d0e820ed114efb35ab1afd41c927d6aff0c7",
                "89f4acd041777f5ce3689f63220ed6944edda14c4f740f8204c5aafb5b319454",
                "747e94adc075981a766dc57c1246b6f5eb90bab46c73e3b68984a552585dcede",
                "1744b7e7d3ffffbbfab0ed5b923d2ac6f90cce7849ac61e807874e58deb03c74",
            ]
        );
    }

    #[test]
    fn a_full_cache_forgets_the_oldest() {
        let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None).expect("it is well-formed");
        let scheme = &crate::tencent::scheme::SCHEME;
        let mut cache = KeyCache::default();
        let first = cache.get(scheme, &credentials, "0/cvm/tc3_request").sign("x").as_str().to_owned();
        for day in 0..if cfg!(miri) { 66 } else { 200 } {
            cache.get(scheme, &credentials, &format!("{day}/cvm/tc3_request"));
        }
        assert_eq!(cache.keys.len(), KeyCache::CAPACITY);
        assert_eq!(cache.get(scheme, &credentials, "0/cvm/tc3_request").sign("x").as_str(), first);
    }

    #[test]
    fn what_a_day_has_in_common_is_kept_for_as_many_days_as_keys() {
        let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None).expect("it is well-formed");
        let scheme = &crate::volcengine::scheme::SCHEME;
        let mut cache = KeyCache::default();
        for day in 0..KeyCache::CAPACITY + 2 {
            let now = Millis(1_716_292_800_000 + day as i64 * 86_400_000);
            for service in ["ecs", "ecs", "iam", "ecs"] {
                let known = cache.of_day(scheme, &credentials, now, "r-1", service);
                let scope = format!("{}/r-1/{service}/request", &now.basic()[..8]);
                assert_eq!(known.scope, scope);
                assert_eq!(known.key.sign("x").as_str(), SigningKey::derive(scheme, &credentials, &scope).sign("x").as_str());
            }
            assert_eq!(cache.days.len(), ((day + 1) * 2).min(KeyCache::CAPACITY));
        }
        // Asking again adds none.
        let before = cache.days.iter().map(|day| day.scope.clone()).collect::<Vec<_>>();
        for scope in &before {
            let number = scope[..8].parse::<i64>().expect("it begins with a day");
            let now = Millis::parse_basic(&format!("{number}T235959Z")).expect("it is a time");
            let service = if scope.contains("/ecs/") { "ecs" } else { "iam" };
            assert_eq!(cache.of_day(scheme, &credentials, now, "r-1", service).scope, *scope);
        }
        assert!(cache.days.iter().map(|day| &day.scope).eq(&before));
    }

    #[test]
    fn schemes_share_no_key_and_none_is_shown() {
        let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None).expect("it is well-formed");
        let (tencent, volcengine) = (&crate::tencent::scheme::SCHEME, &crate::volcengine::scheme::SCHEME);
        let mut cache = KeyCache::default();
        for scheme in [tencent, volcengine, tencent, volcengine] {
            let own = SigningKey::derive(scheme, &credentials, "a/b/c").sign("x");
            assert_eq!(cache.get(scheme, &credentials, "a/b/c").sign("x").as_str(), own.as_str());
        }
        assert_eq!(cache.keys.len(), 2);
        assert_eq!(format!("{cache:?}"), "KeyCache { .. }");
    }
}
