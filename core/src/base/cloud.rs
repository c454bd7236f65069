//! The closed set of clouds: their names and their order. What each of them offers stands in `provider.rs`.

use super::error::{Error, Misuse};
use super::text::quoted;
use super::texts::Zh;
use super::words::{Words, words};
use std::fmt;
use std::ops::{Index, IndexMut};

words! {
    /// The clouds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Cloud {
        /// Tencent Cloud: CVM, signed with TC3-HMAC-SHA256.
        #[cfg(feature = "tencent")]
        Tencent = "tencent",
        /// Volcengine and BytePlus: ECS, signed with HMAC-SHA256.
        #[cfg(feature = "volcengine")]
        Volcengine = "volcengine",
        /// Huawei Cloud: IMS, signed with SDK-HMAC-SHA256.
        #[cfg(feature = "huawei")]
        Huawei = "huawei",
    }
}

impl Cloud {
    /// The cloud of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) listing the names there are.
    pub fn parse(name: &str) -> Result<Cloud, Error> {
        Self::find(name).ok_or_else(|| {
            let error = UNKNOWN.about(&[&quoted(name), &Self::choices(), &Self::choices_zh()]);
            error.did_you_mean(Cloud::like(name))
        })
    }

    /// The cloud whose name begins like a misspelt one. Three names need no more, and `imgferry/sign` has no room for more.
    fn like(name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        let same = |cloud: &str, count: usize| name.as_bytes().get(..count).is_some_and(|head| cloud.as_bytes().starts_with(head));
        let is_like = |cloud: &str| same(cloud, 2) || same(cloud, 1) && name.as_bytes().last() == cloud.as_bytes().last();
        Self::WORDS.iter().copied().find(|cloud| is_like(cloud))
    }
}

/// About the name, and those that there are in English and in Chinese.
static UNKNOWN: Misuse = Misuse { code: "cloud", message: "there is no cloud {0}", en: "use {1}", zh: Zh::of("请使用 {2}") };

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value for each cloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByCloud<T>([T; Cloud::ALL.len()]);

impl<T> ByCloud<T> {
    /// What `each` makes for every cloud.
    pub fn new(mut each: impl FnMut(Cloud) -> T) -> Self {
        Self(Cloud::ALL.map(&mut each))
    }

    /// The clouds with their values, in the order of [`Cloud::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Cloud, &T)> {
        Cloud::ALL.into_iter().zip(&self.0)
    }
}

impl<T> Index<Cloud> for ByCloud<T> {
    type Output = T;

    fn index(&self, cloud: Cloud) -> &T {
        &self.0[cloud as usize]
    }
}

impl<T> IndexMut<Cloud> for ByCloud<T> {
    fn index_mut(&mut self, cloud: Cloud) -> &mut T {
        &mut self.0[cloud as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_its_place() {
        let mut names = ByCloud::new(Cloud::as_str);
        names[Cloud::Huawei] = "other";
        for (cloud, name) in names.iter() {
            assert_eq!(*name == cloud.as_str(), cloud != Cloud::Huawei, "{cloud}");
            assert_eq!(names[cloud], *name);
        }
    }
}
