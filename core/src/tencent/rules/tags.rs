//! Tags of images.

use crate::api::check::params::{length, records, text, texts};
use crate::api::check::{Findings, rules};
use crate::base::record::Params;
use crate::base::text::pieces;

rules! {
    TAG_RESOURCES: Error {
        id: "tencent.TagResources.ResourceList.count",
        code: "LimitExceeded.ResourceNumPerRequest",
        source: "TAG",
        en: "{count} resources are given; name 1 to 10",
        zh: "给出了 {count} 个资源；应为 1 至 10 个",
    }
    TAG_RESOURCE_FORM: Error {
        id: "tencent.TagResources.ResourceList.form",
        code: "InvalidParameterValue.ResourceDescriptionError",
        source: "TAG",
        en: "{value} has not the six parts of a resource; write it like qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p",
        zh: "{value} 不是六段式资源描述；写法如 qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p",
    }
    TAG_TAGS: Error {
        id: "tencent.TagResources.Tags.count",
        code: "LimitExceeded.TagNumPerRequest",
        source: "TAG",
        en: "{count} tags are given; name 1 to 10",
        zh: "给出了 {count} 个标签；应为 1 至 10 个",
    }
    TAG_KEY_EMPTY: Error {
        id: "tencent.TagResources.Tags.TagKey.empty",
        code: "InvalidParameterValue.TagKeyEmpty",
        source: "TAG",
        en: "the tag has no key; give one",
        zh: "标签键为空；请填写",
    }
    TAG_KEY_TWICE: Error {
        id: "tencent.TagResources.Tags.TagKey.repeated",
        code: "InvalidParameterValue.TagKeyDuplicate",
        source: "TAG",
        en: "the key {value} is given twice; a resource has one value per key",
        zh: "标签键 {value} 重复；每个键只能有一个值",
    }
}

pub(super) fn check_tag(params: &Params, findings: &mut Findings) {
    for &(field, rule) in &[("ResourceList", TAG_RESOURCES), ("Tags", TAG_TAGS)] {
        if let Some(count) = length(params, field).filter(|count| !(1..=10).contains(count)) {
            findings.add(rule, field, &[("count", &count)]);
        }
    }
    for (path, resource) in texts(params, "ResourceList") {
        if !resource.starts_with("qcs:") || pieces(resource, b':').count() != 6 || resource.ends_with(":") || resource.ends_with("/") {
            findings.add(TAG_RESOURCE_FORM, path, &[("value", &resource)]);
        }
    }
    let tags = records(params, "Tags");
    let mut keys = Vec::new();
    for (path, key) in tags.iter().filter_map(|(path, tag)| Some((path.of("TagKey"), text(tag, "TagKey")?))) {
        if key.is_empty() {
            findings.add(TAG_KEY_EMPTY, path, &[]);
        } else if keys.contains(&key) {
            findings.add(TAG_KEY_TWICE, path, &[("value", &key)]);
        } else {
            keys.push(key);
        }
    }
}
